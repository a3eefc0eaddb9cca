/**
 * Runs Stryker, with the arguments given, and compares the mutants that survived with those that MUTATION.md explains. A
 * survivor that it does not explain is an error, and so is an explanation of code that is gone, or that tests notice. Where a
 * mutant ran out of time, which on a busy machine says little, an explanation that no survivor needs is only told.
 *
 * Without `--mutate` it takes one folder after the other: with a switch at every expression of core, tests take ten times as long.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

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
const NOTICED = ["Killed", "Timeout"];
/** Of a hundred mutants, so many are to be noticed. */
const LEAST = 97;

const PACKAGE = new URL("../", import.meta.url);
const REPORTS = new URL("reports/mutation/", PACKAGE);
const CONFIG = new URL("stryker.config.json", PACKAGE);
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

interface Part {
  readonly name: string;
  /** As Stryker takes them. Undefined: as the arguments say. */
  readonly mutate?: readonly string[];
}

function partsOf(args: readonly string[]): readonly Part[] {
  if (args.some((arg) => arg === "-m" || arg.startsWith("--mutate"))) return [{ name: "some" }];
  const folders = readdirSync(new URL("src", PACKAGE), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, mutate: [`src/${name}/**/*.ts`, "!src/**/*.test.ts"] }));
  return [...folders, { name: "src", mutate: ["src/*.ts", "!src/*.test.ts"] }];
}

/** What Stryker says of a part; undefined where it could not say it, and has said why. */
function run({ name, mutate }: Part, args: readonly string[]): Report | undefined {
  const at = (end: string) => new URL(`${name}.${end}`, REPORTS);
  const settings = {
    ...JSON.parse(readFileSync(CONFIG, "utf8")),
    ...(mutate && { mutate }),
    jsonReporter: { fileName: `reports/mutation/${name}.json` },
    htmlReporter: { fileName: `reports/mutation/${name}.html` },
    incrementalFile: `reports/mutation/${name}.incremental.json`,
  };
  mkdirSync(REPORTS, { recursive: true });
  writeFileSync(at("config.json"), JSON.stringify(settings));
  rmSync(at("json"), { force: true });
  spawnSync("stryker", ["run", `reports/mutation/${name}.config.json`, ...args], {
    cwd: PACKAGE,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  return existsSync(at("json")) ? (JSON.parse(readFileSync(at("json"), "utf8")) as Report) : undefined;
}

const args = process.argv.slice(2);
const parts = partsOf(args);
const files: Report["files"] = {};
for (const [index, part] of parts.entries()) {
  if (parts.length > 1) console.log(`\n${part.name}, ${index + 1} of ${parts.length}`);
  const report = run(part, args);
  if (report === undefined) process.exit(1);
  Object.assign(files, report.files);
}

let noticed = 0;
let survivors = 0;
let unexplained = 0;
for (const [file, { source, mutants }] of Object.entries(files)) {
  const lines = source.split("\n");
  for (const { mutatorName, status, replacement, location } of mutants) {
    const { line, column } = location.start;
    const text = lines[line - 1] ?? "";
    const explanation = explain(file, text, column);
    explanation?.outcomes.push(status);
    if (NOTICED.includes(status)) noticed++;
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
const score = (100 * noticed) / (noticed + survivors);
console.log(
  `${noticed} mutants were noticed, ${survivors} survived, ${unexplained} of them unexplained: ${score.toFixed(2)} %.`,
);
// A few lines may have none but mutants that are explained.
const isLow = parts.length > 1 && score < LEAST;
if (isLow) console.error(`At least ${LEAST} % are to be noticed.`);
if (isLow || unexplained > 0 || stale.length > 0) process.exitCode = 1;
