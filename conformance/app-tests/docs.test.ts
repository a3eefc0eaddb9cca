/** What docs/testing.md shows of these apps is what runs here, and short. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const page = readFileSync(join(import.meta.dirname, "../../docs/testing.md"), "utf8");
const examples = [...page.matchAll(/```tsx\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
const files = globSync("*/*.test.{ts,tsx}", { cwd: import.meta.dirname });
const tests = new Map(files.map((file) => [readFileSync(join(import.meta.dirname, file), "utf8"), file]));

test("its examples are tests of this folder", () => {
  expect(examples.length).toBeGreaterThan(3);
  for (const code of examples) expect(tests.get(code), code).toBeDefined();
});

test("its examples have fewer than ten lines beside their imports", () => {
  for (const code of examples) {
    const lines = code.split("\n").filter((line) => line !== "" && !line.startsWith("import "));
    expect(lines.length, code).toBeLessThan(10);
  }
});
