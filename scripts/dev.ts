/**
 * `npm run dev`: as you type, what `npm run check` does, for what has changed since the last commit. A change ends the round
 * that is under way and begins another one.
 */
import { execFile, execFileSync } from "node:child_process";
import { existsSync, globSync, watch } from "node:fs";
import { join } from "node:path";

const FOLDERS =
  "{{packages,apps}/*/{src,test},conformance/{,*/}src,conformance/{cases,subjects,e2e/*},scripts}";

/** What the server SDK and the cases it is asked are made of. */
const IN_CASES = /^(packages\/(core|node)\/src|conformance\/(src|sdks\/src|cases|subjects))\//;

/** Editors write a file in several steps, and people save several files. */
const QUIET_MS = 150;

/** Of files, on one line. */
const MAX_NAMES = 5;

/** What the rounds so far have not found to be well. */
const changed = new Set(changedSinceCommit());
let round = new AbortController();
let quiet: NodeJS.Timeout | undefined;

for (const folder of globSync(FOLDERS, { exclude: (path) => path.includes("node_modules") }))
  watch(folder, { recursive: true }, (_event, file) => {
    if (file === null || /(^|\/)(node_modules|dist|reports|\.)/.test(file)) return;
    changed.add(join(folder, file).replaceAll("\\", "/"));
    clearTimeout(quiet);
    quiet = setTimeout(begin, QUIET_MS);
  });
begin();

function begin(): void {
  round.abort();
  round = new AbortController();
  void checkChanged(round.signal);
}

async function checkChanged(signal: AbortSignal): Promise<void> {
  const files = [...changed].filter((file) => existsSync(file));
  console.log(`\n── ${named(files)}`);
  const ok = files.length === 0 || (await runAll(stepsFor(files), signal));
  if (signal.aborted) return;
  if (ok) changed.clear();
  console.log(ok ? "── all well, waiting for changes" : "── waiting for changes");
}

function named(files: readonly string[]): string {
  if (files.length === 0) return "nothing has changed";
  const more = files.length > MAX_NAMES ? [`and ${files.length - MAX_NAMES} more`] : [];
  return [...files.slice(0, MAX_NAMES), ...more].join(" ");
}

type Step = readonly [name: string, program: string, ...args: string[]];

function stepsFor(files: readonly string[]): Step[] {
  const code = files.filter((file) => /\.tsx?$/.test(file));
  return [
    ["format and lint", "biome", "check", "--error-on-warnings", "--no-errors-on-unmatched", ...files],
    ["types", "node", "scripts/typecheck.ts"],
    ...(code.length > 0 ? [unitTests(code)] : []),
    ...(files.some((file) => IN_CASES.test(file))
      ? [["cases on one Node", ...turbo("//#test:sources")] satisfies Step]
      : []),
  ];
}

/** Those that import one of the files, at whatever distance. */
function unitTests(files: readonly string[]): Step {
  const projects = ["--project=!built", "--project=!docs", "--project=!long", "--passWithNoTests"];
  return ["unit tests", "vitest", "related", "--run", ...projects, "--reporter=dot", ...files];
}

function turbo(...tasks: string[]): [string, ...string[]] {
  return ["turbo", "run", ...tasks, "--output-logs=errors-only", "--log-prefix=none"];
}

async function runAll(steps: readonly Step[], signal: AbortSignal): Promise<boolean> {
  let ok = true;
  for (const [name, program, ...args] of steps) {
    const output = await failureOf(program, args, signal);
    if (signal.aborted) return false;
    console.log(output === undefined ? `✔ ${name}` : `${output}\n✘ ${name}`);
    ok &&= output === undefined;
  }
  return ok;
}

/** What it printed, if it failed. */
function failureOf(
  program: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, args, { signal, maxBuffer: Number.POSITIVE_INFINITY }, (error, stdout, stderr) =>
      resolve(error === null ? undefined : stdout + stderr || error.message),
    );
  });
}

function changedSinceCommit(): string[] {
  const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" }).split("\n");
  const files = [...git("diff", "--name-only", "HEAD"), ...git("ls-files", "--others", "--exclude-standard")];
  return files.filter((file) => file !== "");
}
