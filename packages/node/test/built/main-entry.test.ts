/** What the main entry costs each start of an app: bytes to read, and modules of Node to load. What fails here is in every stack trace, too. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { PROCESS_LIMIT_MS } from "../child-process.ts";

const run = promisify(execFile);
const PACKAGE = join(import.meta.dirname, "..", "..");

/** Times are in `npm run bench`; this is what they are made of. A feature that every app needs may raise it, by what it takes. */
const MAX_BYTES = 57_500;

/** Without the environment of a test, of which a client would say something. */
const node = (args: readonly string[], program: string) =>
  run(process.execPath, [...args, "--eval", program], { cwd: PACKAGE, env: {}, timeout: PROCESS_LIMIT_MS });

/** Prints which of Node's modules `load` makes it load; `before` are loaded already, by Node's way to load anything. */
const printLoaded = (before: string, load: string) => `
  ${before};
  const known = new Set(process.moduleLoadList);
  ${load};
  console.log(JSON.stringify(process.moduleLoadList.filter((name) => !known.has(name))));
`;
const CREATE = `createWhisperr({ apiKey: "wrk_of_the_test" })`;

describe.each([
  [
    "index.js",
    "module",
    `await import("data:text/javascript,")`,
    `(await import("@whisperr/node")).${CREATE}`,
  ],
  ["index.cjs", "commonjs", `require("./package.json")`, `require("@whisperr/node").${CREATE}`],
])("%s", (file, type, before, load) => {
  test("is no larger than it has to be", () => {
    expect(readFileSync(join(PACKAGE, "dist", file)).length).toBeLessThan(MAX_BYTES);
  });

  test("loads none of Node's modules, and neither does making a client", async () => {
    const { stdout } = await node([`--input-type=${type}`], printLoaded(before, load));
    expect(JSON.parse(stdout)).toEqual([]);
  });

  test("has what a start calls in parentheses, which an engine compiles at once", () => {
    const code = readFileSync(join(PACKAGE, "dist", file), "utf8");
    for (const name of ["createProcessClient", "createServerClient", "processOf"])
      expect(code).toContain(`const ${name}=(function(`);
    expect(code).toContain("(function resolveOptions(");
    // What it does not call is looked through, and no more.
    expect(code).toContain("function recordEvent(");
  });
});

describe("the stack of an error", () => {
  const program = `
    import { createWhisperr } from "@whisperr/node";
    try { createWhisperr({ apiKey: "wrk_of_the_test", flushAt: 0 }); } catch ({ stack }) { console.log(stack); }
  `;

  test("has the functions by their names", async () => {
    const { stdout } = await node(["--input-type=module"], program);
    for (const name of ["misuse", "resolveOptions", "createProcessClient", "createWhisperr"])
      expect(stdout).toMatch(new RegExp(`at ${name} \\(.*/dist/index\\.js:\\d+:\\d+\\)`));
  });

  test("has the lines of the sources, where the app asks Node for them", async () => {
    const { stdout } = await node(["--enable-source-maps", "--input-type=module"], program);
    for (const place of ["core/src/resolve-options.ts", "node/src/create-whisperr.ts"])
      expect(stdout).toMatch(new RegExp(`packages/${place}:\\d+:\\d+`));
    // Columns, too: where each stands, the one above it is called.
    const frames = [...stdout.matchAll(/at (\w+) \((\/.*\.ts):(\d+):(\d+)\)/g)];
    expect(frames.length).toBeGreaterThan(5);
    for (const [index, [, , file = "", line, column]] of frames.entries()) {
      const called = frames[index - 1]?.[1] ?? "new Error";
      const text = readFileSync(file, "utf8")
        .split("\n")
        [Number(line) - 1]?.slice(Number(column) - 1);
      expect(text).toMatch(new RegExp(`^${called}\\b`));
    }
  });

  test("has lines that fit a screen: Node prints the one that throws", () => {
    const lines = readFileSync(join(PACKAGE, "dist", "index.js"), "utf8").split("\n");
    expect(lines.filter((line) => line.length > 250)).toEqual([]);
  });
});
