/** What an app's compiler says of the built packages, from the oldest that is supported to the newest. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));
const COMPILERS = ["typescript54", "typescript59", "typescript6", "typescript7"];

/** What it says, by file and line. */
async function compile(compiler: string, project: string): Promise<string[]> {
  const tsc = `node_modules/${compiler}/bin/tsc`;
  const { failed, stdout } = await new Promise<{ failed: boolean; stdout: string }>((resolve) => {
    execFile(process.execPath, [tsc, "-p", project, "--pretty", "false"], { cwd: here }, (error, stdout) =>
      resolve({ failed: error !== null, stdout }),
    );
  });
  const said = stdout.split(/\n(?=\S)/).filter((line) => line !== "");
  // Without an answer it did not run at all.
  expect(said.length > 0).toBe(failed);
  return said;
}

/** The mistakes: the line of each, and what is to be said of it. */
const MISTAKES = readFileSync(new URL("refused.ts", import.meta.url), "utf8")
  .split("\n")
  .flatMap((line, index) => (line.startsWith("// ") ? [{ line: index + 2, words: line.slice(3) }] : []));

describe.concurrent.each(COMPILERS)("%s", (compiler) => {
  test("takes what apps write, and says of each mistake what is to be written", async () => {
    const said = await compile(compiler, "tsconfig.json");
    const found = said.map((text) => {
      const [, file, line] = /^(.*?)\((\d+),/.exec(text) ?? [];
      const mistake = MISTAKES.find((one) => file === "refused.ts" && one.line === Number(line));
      return mistake && text.includes(mistake.words) ? mistake.line : text;
    });
    expect(found).toEqual(MISTAKES.map(({ line }) => line));
  });

  // Each for itself: neither has the other's package.
  test.each(["server", "browser"])(
    "the module of a shop's events types every place of its %s",
    async (side) => {
      expect(await compile(compiler, `shop/tsconfig.${side}.json`)).toEqual([]);
    },
  );
});

test("the schemas of that shop cost its page nothing", () => {
  const page = readFileSync(new URL("shop/browser.ts", import.meta.url), "utf8");
  expect(stripTypeScriptTypes(page)).not.toContain("events.ts");
});

test("docs/types.md shows the files of that shop as they are", () => {
  const document = readFileSync(new URL("../../docs/types.md", import.meta.url), "utf8");
  for (const file of ["events", "server", "browser"])
    expect(document).toContain(readFileSync(new URL(`shop/${file}.ts`, import.meta.url), "utf8"));
});
