/**
 * For builds, after the minifier: an engine looks through each function when a file is loaded, and reads it anew when it is called.
 * One in parentheses it compiles at once. So what a start of an app calls stands in parentheses; see
 * docs/decisions/small-main-entry-of-node.md.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";

interface Edit {
  readonly at: number;
  /** How many characters. */
  readonly removed: number;
  readonly text: string;
}

/** Writes `file` anew, and the map beside it. Every character of it is ASCII. */
export function compileStartAtOnce(file: string): void {
  const code = readFileSync(file, "utf8");
  const map = JSON.parse(readFileSync(`${file}.map`, "utf8")) as { mappings: string };
  const called = functionsOfStart(file);
  const isInside = (at: number) => called.some(([start, end]) => start < at && at < end);
  const edits = called
    .flatMap(([start, end]) => inParentheses(code, start, end, isInside(start)))
    .sort((a, b) => a.at - b.at);
  const parts = edits.map(
    ({ at, removed, text }, index) => text + code.slice(at + removed, edits[index + 1]?.at),
  );
  writeFileSync(file, code.slice(0, edits[0]?.at) + parts.join(""));
  map.mappings = movedMappings(map.mappings, code, edits);
  writeFileSync(`${file}.map`, JSON.stringify(map));
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

/** None for methods and arrow functions, which engines compile no earlier. */
function inParentheses(code: string, start: number, end: number, isInside: boolean): Edit[] {
  const [head, name] = /^function (\w+)/.exec(code.slice(start, end)) ?? [];
  const before = code.slice(0, start).trimEnd().at(-1) ?? ";";
  // What is called where it stands may have a parenthesis or a `!` in front already.
  if (head === undefined || "(!".includes(before)) return [];
  const isDeclaration = ";}".includes(before);
  // One inside of another function may be called before its place.
  if (isDeclaration && isInside) return [];
  return [
    // Where it is needed before its place while the file is loaded, a `const` says so at once.
    isDeclaration
      ? { at: start, removed: head.length, text: `const ${name}=(function` }
      : { at: start, removed: 0, text: "(" },
    { at: end, removed: 0, text: isDeclaration ? ");" : ")" },
  ];
}

/** The mappings of a source map, with each column where its text is now. */
function movedMappings(mappings: string, code: string, edits: readonly Edit[]): string {
  const lines = code.split("\n");
  let start = 0;
  const moved = mappings.split(";").map((segments, index) => {
    const from = start;
    start += (lines[index] ?? "").length + 1;
    const ofLine = edits.filter(({ at }) => at >= from && at < start);
    return segments && movedSegments(segments, from, ofLine);
  });
  return moved.join(";");
}

/** Those of one line. Each begins with its distance from the one before. */
function movedSegments(segments: string, lineStart: number, edits: readonly Edit[]): string {
  let column = 0;
  let last = 0;
  const moved = segments.split(",").map((segment) => {
    const [, digits = "", rest = ""] = /^([g-z0-9+/]*[A-Za-f])(.*)$/.exec(segment) ?? [];
    column += decoded(digits);
    const passed = edits.filter(({ at, removed }) => at + removed <= lineStart + column);
    const by = passed.reduce((sum, { text, removed }) => sum + text.length - removed, 0);
    const distance = column + by - last;
    last = column + by;
    return encoded(distance) + rest;
  });
  return moved.join(",");
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** A number of a source map, none of which is negative at this place: five bits a digit, the lowest first, and a sign as the lowest of all. */
function decoded(digits: string): number {
  return [...digits].reduceRight((sum, digit) => sum * 32 + (DIGITS.indexOf(digit) % 32), 0) / 2;
}

function encoded(value: number): string {
  let left = value * 2;
  let digits = "";
  for (; left >= 32; left = Math.floor(left / 32)) digits += DIGITS.charAt(32 + (left % 32));
  return digits + DIGITS.charAt(left);
}
