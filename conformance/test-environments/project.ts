/** A project of an app team's: a folder with its app, its tests and its settings, in which a test runner is run. */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";

const here = import.meta.dirname;

/** How the files of a project are modules. */
export type Modules = "esm" | "cjs";

/** Of this workspace. */
export const suiteFile = (name: string): string => readFileSync(join(here, "suite", name), "utf8");

/** Writes the project, which takes the place of one of that name. Inside this workspace: so it finds its packages. */
export function writeProject(
  name: string,
  modules: Modules,
  files: Readonly<Record<string, string>>,
): string {
  const folder = join(here, "reports/projects", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const type = modules === "esm" ? "module" : "commonjs";
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, private: true, type }));
  for (const [file, text] of Object.entries(files))
    writeFileSync(join(folder, file), modules === "cjs" && /\.js$/.test(file) ? asCommonJs(text) : text);
  return folder;
}

/** An app's code as a compiler would hand it to Jest: its imports and exports are few and of few forms. */
function asCommonJs(code: string): string {
  return code
    .replaceAll(
      /^import (\{[^}]*\}|\w+) from ("[^"]+");$/gm,
      (_, names: string, from: string) => `const ${names.replaceAll(" as ", ": ")} = require(${from});`,
    )
    .replaceAll(/^import ("[^"]+");$/gm, "require($1);")
    .replaceAll(/^export (async )?function (\w+)/gm, "exports.$2 = $2;\n$1function $2")
    .replaceAll(/^export default /gm, "module.exports = ");
}

/** TypeScript as JavaScript. */
export const withoutTypes = (code: string): string => stripTypeScriptTypes(code);

export interface Ran {
  readonly exit: number | null;
  readonly output: string;
}

/** Far longer than any of them takes: only one that would never end runs into it. */
const LIMIT_MS = 280_000;

/** Runs a Node script, or another program, in a project's folder. */
export function run(
  folder: string,
  [program, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  // What this process has from its own test runner is none of theirs.
  const {
    VITEST: _,
    VITEST_MODE: _1,
    VITEST_POOL_ID: _2,
    VITEST_WORKER_ID: _3,
    NODE_ENV: _4,
    TEST: _5,
    ...own
  } = process.env;
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...own, NO_COLOR: "1", CI: "1", DENO_NO_UPDATE_CHECK: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exit) => resolve({ exit, output }));
  });
}
