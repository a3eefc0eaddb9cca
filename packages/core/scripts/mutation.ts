/**
 * Runs Stryker, with the arguments given, and compares the mutants that survived with those that MUTATION.md explains. A
 * survivor that it does not explain is an error, and so is an explanation of code that is gone, or that tests notice. Where a
 * mutant ran out of time, which on a busy machine says little, an explanation that no survivor needs is only told.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";

interface Position {
  readonly line: number;
  readonly column: number;
}

interface Report {
  readonly files: {
    readonly [file: string]: {
      readonly source: string;
      readonly mutants: readonly {
        readonly mutatorName: string;
        readonly status: string;
        readonly replacement?: string;
        readonly location: { readonly start: Position };
      }[];
    };
  };
}

interface Explanation {
  readonly file: string;
  /** Mutants that begin within this piece of a line are explained. */
  readonly code: string;
  /** What became of those that were tried. */
  readonly outcomes: string[];
}

const ROW = /^\| `([^`]+)` +\| `([^`]+)` +\| /gm;

const SURVIVED = ["Survived", "NoCoverage"];

const REPORT = new URL("../reports/mutation/mutation.json", import.meta.url);
const EXPLAINED = new URL("../MUTATION.md", import.meta.url);

const explanations: Explanation[] = [...readFileSync(EXPLAINED, "utf8").matchAll(ROW)].map(
  ([, file = "", code = ""]) => ({
    file: `src/${file}`,
    code: code.replaceAll("\\|", "|"),
    outcomes: [],
  }),
);

/** Of a file's explanations, the one for what begins in `line` at `column` (1 is the first). */
function explain(file: string, line: string, column: number): Explanation | undefined {
  return explanations.find((one) => {
    const from = one.file === file ? line.indexOf(one.code) : -1;
    return from >= 0 && from < column && column <= from + one.code.length;
  });
}

function sourceOf(file: string): string {
  const url = new URL(`../${file}`, import.meta.url);
  return existsSync(url) ? readFileSync(url, "utf8") : "";
}

// Known before anything runs.
const gone = explanations.filter(({ file, code }) => !sourceOf(file).includes(code));
for (const { file, code } of gone)
  console.error(`MUTATION.md explains what is no longer there, ${file}: ${code}`);
if (gone.length > 0) process.exit(1);

rmSync(REPORT, { force: true });
const { status: failed } = spawnSync("stryker", ["run", ...process.argv.slice(2)], {
  stdio: "inherit",
  shell: process.platform === "win32",
});

// It has said why.
if (!existsSync(REPORT)) process.exit(1);

const { files } = JSON.parse(readFileSync(REPORT, "utf8")) as Report;
let survivors = 0;
let unexplained = 0;
for (const [file, { source, mutants }] of Object.entries(files)) {
  const lines = source.split("\n");
  for (const { mutatorName, status, replacement, location } of mutants) {
    const { line, column } = location.start;
    const text = lines[line - 1] ?? "";
    const explanation = explain(file, text, column);
    explanation?.outcomes.push(status);
    if (!SURVIVED.includes(status)) continue;
    survivors++;
    if (explanation) continue;
    unexplained++;
    console.error(`${file}:${line}:${column} ${mutatorName} survived: ${text.trim()} => ${replacement}`);
  }
}

// A run of some files, or lines, says nothing about the others.
const unneeded = explanations.filter(
  ({ outcomes }) => outcomes.length > 0 && !outcomes.some((outcome) => SURVIVED.includes(outcome)),
);
const stale = unneeded.filter(({ outcomes }) => !outcomes.includes("Timeout"));
for (const { file, code } of unneeded)
  console.error(`No survivor needs what MUTATION.md says of ${file}: ${code}`);
console.log(`${survivors} mutants survived, ${unexplained} of them unexplained.`);
if (failed !== 0 || unexplained > 0 || stale.length > 0) process.exitCode = 1;
