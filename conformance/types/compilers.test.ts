/** What an app's compiler says of the built packages, from the oldest that is supported to the newest. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));
const COMPILERS = ["typescript54", "typescript59", "typescript6", "typescript7"];

/** What it says, by file and line. */
function compile(compiler: string, project: string): string[] {
  const tsc = `node_modules/${compiler}/bin/tsc`;
  const { stdout, status } = spawnSync(process.execPath, [tsc, "-p", project, "--pretty", "false"], {
    cwd: here,
    encoding: "utf8",
  });
  const said = stdout.split(/\n(?=\S)/).filter((line) => line !== "");
  // Without an answer it did not run at all.
  expect(said.length > 0).toBe(status !== 0);
  return said;
}

/** The mistakes: the line of each, and what is to be said of it. */
const MISTAKES = readFileSync(new URL("refused.ts", import.meta.url), "utf8")
  .split("\n")
  .flatMap((line, index) => (line.startsWith("// ") ? [{ line: index + 2, words: line.slice(3) }] : []));

describe.each(COMPILERS)("%s", (compiler) => {
  test("takes what apps write, and says of each mistake what is to be written", () => {
    const said = compile(compiler, "tsconfig.json");
    const found = said.map((text) => {
      const [, file, line] = /^(.*?)\((\d+),/.exec(text) ?? [];
      const mistake = MISTAKES.find((one) => file === "refused.ts" && one.line === Number(line));
      return mistake && text.includes(mistake.words) ? mistake.line : text;
    });
    expect(found).toEqual(MISTAKES.map(({ line }) => line));
  });

  test("one module of schemas types the server and the browser", () => {
    expect(compile(compiler, "shop")).toEqual([]);
  });
});

test("docs/types.md shows the files of that shop as they are", () => {
  const document = readFileSync(new URL("../../docs/types.md", import.meta.url), "utf8");
  for (const file of ["events", "server", "browser"])
    expect(document).toContain(readFileSync(new URL(`shop/${file}.ts`, import.meta.url), "utf8"));
});
