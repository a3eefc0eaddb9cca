/** Both sides of every example in docs/migrating.md compile: `-` with the packages as they were published, `+` with those of this repository. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "./run.ts";

const WORKSPACE = join(import.meta.dirname, "..");
const PAGE = readFileSync(join(WORKSPACE, "..", "docs", "migrating.md"), "utf8");

const EXAMPLES = [...PAGE.matchAll(/```(diff|tsx)\n([\s\S]*?)```/g)].map(([, kind, text = ""]) =>
  kind === "diff" ? text : text.replace(/^/gm, "+"),
);

/** The lines that stay, and those of one side. */
function side(mark: "-" | "+", example: string): string {
  const lines = example.split("\n").filter((line) => line.startsWith(" ") || line.startsWith(mark));
  return lines.map((line) => line.slice(1)).join("\n");
}

/** The old packages are installed under names of their own, beside the new ones. */
const OLD = Object.fromEntries(
  ["node", "web", "react", "next"].map((name) => [
    `@whisperr/${name}`,
    [`../../node_modules/outside-${name}`],
  ]),
);

async function compile(name: string, mark: "-" | "+", paths: Record<string, string[]>): Promise<void> {
  const folder = join(WORKSPACE, "reports", `migrating-${name}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [index, example] of EXAMPLES.entries())
    writeFileSync(join(folder, `example-${index}.tsx`), `${side(mark, example)}\nexport {};\n`);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: "ES2022",
    module: "esnext",
    moduleResolution: "bundler",
    jsx: "react-jsx",
    types: ["node"],
    paths: {
      ...paths,
      "@whisperr/node/express": [
        mark === "-"
          ? "../../node_modules/outside-node/dist/express"
          : "../../node_modules/@whisperr/node/dist/express",
      ],
    },
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.tsx"] }));
  const tsc = join(WORKSPACE, "..", "node_modules", "@typescript", "native", "bin", "tsc");
  await run("node", [tsc, "-p", folder, "--pretty", "false"], { cwd: folder });
}

test("there are examples, and each changes something", () => {
  expect(EXAMPLES.length).toBeGreaterThan(8);
  for (const example of EXAMPLES) expect(side("+", example)).not.toBe(side("-", example));
});

test("what an app has compiles", () => compile("before", "-", OLD));

test("what an app with @whisperr/web has compiles with the entry that keeps its calls", () =>
  compile("compat", "-", { ...OLD, "@whisperr/web": ["../../node_modules/@whisperr/browser/dist/compat"] }));

test("what it becomes compiles", () => compile("after", "+", {}));
