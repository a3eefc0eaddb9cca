/**
 * For builds, after the minifier: an engine looks through each function when a file is loaded, and reads it anew when it is called.
 * One in parentheses it compiles at once. So what a start of an app calls stands in parentheses; see
 * docs/decisions/small-main-entry-of-node.md.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import remapping from "@jridgewell/remapping";
import MagicString from "magic-string";

/** Writes `file` anew, and the map beside it. */
export function compileStartAtOnce(file: string): void {
  const code = new MagicString(readFileSync(file, "utf8"));
  const called = functionsOfStart(file);
  const isInside = (at: number) => called.some(([start, end]) => start < at && at < end);
  for (const [start, end] of called) putInParentheses(code, start, end, isInside(start));
  const map = readFileSync(`${file}.map`, "utf8");
  const moved = code.generateMap({ hires: true, source: basename(file) });
  writeFileSync(file, code.toString());
  writeFileSync(`${file}.map`, remapping([moved.toString(), map], () => null).toString());
}

/** What is called while the file is loaded and a client made, from where to where, in an environment that says nothing. Not the file itself, which comes first. */
function functionsOfStart(file: string): [start: number, end: number][] {
  const program = `
    import { Session } from "node:inspector/promises";
    const session = new Session();
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
    const { createWhisperr } = await import("${pathToFileURL(resolve(file))}");
    createWhisperr({ apiKey: "wrk_of_the_build" });
    const { result } = await session.post("Profiler.takePreciseCoverage");
    const { functions } = result.find(({ url }) => url.endsWith("/${basename(file)}"));
    const called = functions.map(({ ranges }) => ranges[0]).filter(({ count }) => count > 0);
    console.log(JSON.stringify(called.map(({ startOffset, endOffset }) => [startOffset, endOffset])));
  `;
  const args = ["--input-type=module", "--eval", program];
  const [, ...functions] = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", env: {} }));
  return functions;
}

/** Leaves methods and arrow functions as they are, which engines compile no earlier. */
function putInParentheses(code: MagicString, start: number, end: number, isInside: boolean): void {
  const [head, name] = /^function (\w+)/.exec(code.original.slice(start, end)) ?? [];
  const before = code.original.slice(0, start).trimEnd().at(-1) ?? ";";
  // What is called where it stands may have a parenthesis or a `!` in front already.
  if (head === undefined || "(!".includes(before)) return;
  const isDeclaration = ";}".includes(before);
  // One inside of another function may be called before its place.
  if (isDeclaration && isInside) return;
  // Where it is needed before its place while the file is loaded, a `const` says so at once.
  if (isDeclaration) code.overwrite(start, start + head.length, `const ${name}=(function`);
  else code.appendRight(start, "(");
  code.appendLeft(end, isDeclaration ? ");" : ")");
}
