/** What docs/testing.md shows of these apps is what runs here, and short. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const page = readFileSync(join(import.meta.dirname, "../../docs/testing.md"), "utf8");
const examples = [...page.matchAll(/```tsx\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
const files = globSync("*/*.{test.ts,test.tsx,story.tsx}", { cwd: import.meta.dirname });
const code = files.map((file) => readFileSync(join(import.meta.dirname, file), "utf8"));

test("its examples are files of this folder", () => {
  expect(examples.length).toBeGreaterThan(3);
  for (const example of examples) expect(code).toContain(example);
});

test("its examples have fewer than ten lines beside their imports, but for one that is from end to end", () => {
  for (const code of examples.filter((one) => !one.includes("startIngestion"))) {
    const lines = code.split("\n").filter((line) => line !== "" && !line.startsWith("import "));
    expect(lines.length, code).toBeLessThan(10);
  }
});
