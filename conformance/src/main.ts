/** The command line: runs cases on subjects, reports, and says by its exit code whether all is well. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { type Command, CommanderError } from "commander";
import { type CliOptions, parseOptions } from "./cli/options.ts";
import { chosenPlan, type Plan, planText } from "./cli/plan.ts";
import { replayPlan } from "./cli/replay.ts";
import { runPlan } from "./cli/run-plan.ts";
import { checkKnownFailures, loadCases, loadSubjects } from "./load.ts";
import { messageOf } from "./message-of.ts";
import { consoleReport, replayText } from "./report/console-report.ts";
import { FAILURES_FOLDER, failurePath, isFailure } from "./report/failure-path.ts";
import { printable, printableLine } from "./report/printable.ts";
import { type ReportFile, reportFiles } from "./report/report-files.ts";
import type { RunReport } from "./report/run-report.ts";
import { startControlServer } from "./runner/control-server.ts";
import { failsTheRun } from "./runner/results.ts";
import { UsageError } from "./usage-error.ts";

const folder = join(import.meta.dirname, "..");
/** A workspace of its own: the repository has it, and only where all its packages are installed can it run. */
const SIMULATION = join(folder, "simulation");

// Whoever reads may go away (`| head`): the run goes on, and its reports are written.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

try {
  if (process.argv[2] === "simulate") await simulate(process.argv.slice(3));
  else process.exitCode = await main(parseOptions(process.argv, folder));
} catch (error) {
  // Commander has said what was wrong by itself.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof UsageError) {
    process.stderr.write(printable(`error: ${error.message}\n`));
    process.exitCode = 2;
  } else {
    process.stderr.write(printable(`${error instanceof Error ? error.stack : error}\n`));
    process.exitCode = 1;
  }
}

async function simulate(args: string[]): Promise<void> {
  if (!existsSync(join(SIMULATION, "node_modules")))
    throw new UsageError(
      "simulate needs the whole repository of the suite, with all its packages: `npm run setup` in its root, then " +
        "`npx whisperr-conformance simulate`",
    );
  const { simulateCommand } = (await import(join(SIMULATION, "src", "command.ts"))) as {
    simulateCommand(): Command;
  };
  await simulateCommand().parseAsync(args, { from: "user" });
}

async function main(options: CliOptions): Promise<number> {
  const { replay, list, out, report: formats } = options;
  const subjects = loadSubjects(folder, options.subjects);
  const cases = loadCases(folder);
  checkKnownFailures(subjects, cases);
  const plan = replay === undefined ? chosenPlan(subjects, cases, options) : replayPlan(replay, subjects);
  if (list) {
    print(planText(plan));
    return 0;
  }
  if (replay === undefined) makeFolder(out);
  const report = await run(plan, options.subjects);
  const elsewhere =
    options.subjects === join(folder, "subjects") ? "" : ` --subjects ${shown(options.subjects)}`;
  const replayed = (subject: string, theCase: string) =>
    `--replay ${replay ?? shown(join(out, failurePath(subject, theCase)))}${elsewhere}`;
  print(consoleReport(report, replayed));
  if (replay === undefined) writeReports(out, reportFiles(report, formats));
  else print(replayText(report));
  const results = report.subjects.flatMap((subject) => subject.results);
  return results.some(({ verdict }) => failsTheRun(verdict)) || lacksSubjects(report) ? 1 : 0;
}

async function run(plan: Plan, subjectsFolder: string): Promise<RunReport> {
  const startedAt = new Date().toISOString();
  const from = performance.now();
  const control = await startControlServer();
  const subjects = await runPlan(plan, { folder: dirname(subjectsFolder), control }).finally(() =>
    control.close(),
  );
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  return {
    format: 1,
    suite: { version, protocol: 1 },
    startedAt,
    elapsedMs: performance.now() - from,
    cases: [...new Set(plan.flatMap(({ cases }) => cases))],
    subjects,
  };
}

/** Before the run, which may take an hour. Throws UsageError when no reports could be written there. */
function makeFolder(out: string): void {
  try {
    makeFolders(out);
    // Whoever only asks hears that /proc may be written, too.
    rmdirSync(mkdtempSync(join(out, ".whisperr-")));
  } catch (error) {
    throw new UsageError(`--out ${out}: ${messageOf(error)}`);
  }
}

/** One by one: in a folder that takes none, such as /proc, Node would make them for ever. */
function makeFolders(path: string): void {
  const isThere = () => statSync(path, { throwIfNoEntry: false })?.isDirectory();
  if (isThere()) return;
  makeFolders(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another run may have been faster.
    if (!isThere()) throw error;
  }
}

/** Failures of earlier runs go: a file there says that its case failed in the last one. What else is kept there is not ours. */
function removeFailures(out: string): void {
  const folder = join(out, FAILURES_FOLDER);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) if (isFailure(name)) rmSync(join(folder, name));
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

function writeReports(out: string, files: readonly ReportFile[]): void {
  removeFailures(out);
  for (const { path, text } of files) {
    const file = join(out, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  print(`reports: ${shown(out)}\n`);
}

/** A machine may do without a runtime; the one that decides whether a change is good may not. */
function lacksSubjects({ subjects }: RunReport): boolean {
  const absent = process.env.CI ? subjects.filter((subject) => subject.absent !== undefined) : [];
  for (const { title, absent: why } of absent) print(`${printableLine(`CI has to run ${title}: ${why}`)}\n`);
  return absent.length > 0;
}

function shown(path: string): string {
  return relative(process.cwd(), path) || ".";
}

function print(text: string): void {
  process.stdout.write(text);
}
