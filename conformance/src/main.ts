/** The command line: runs the cases on the subjects, reports, and ends with 1 when anything fails the run. */
import { join } from "node:path";
import { program } from "commander";
import type { Case } from "./case.ts";
import { loadCases, loadSubjects } from "./load.ts";
import { createProgress, printSummary, progressLine } from "./report/console-report.ts";
import { writeJunitReport } from "./report/junit-report.ts";
import { startControlServer } from "./runner/control-server.ts";
import { failsTheRun, type SubjectResult } from "./runner/results.ts";
import { runSubject } from "./runner/run-subject.ts";
import type { Subject } from "./subject.ts";

/** Subjects side by side: the runner is one process, so more than this only fight for it. */
const PARALLEL_SUBJECTS = 2;

const folder = join(import.meta.dirname, "..");
const print = (text: string) => void process.stdout.write(text);

program
  .name("conformance")
  .description("Runs the conformance cases against SDKs on real runtimes.")
  .option("--subject <text...>", "only subjects whose name contains one of these")
  .option("--case <text...>", "only cases whose id contains one of these")
  .option("--list", "list what would run, and run nothing");
program.parse();
const options = program.opts<{ subject?: string[]; case?: string[]; list?: true }>();

const subjects = loadSubjects(folder).filter(({ name, title }) =>
  chosen(`${name} ${title}`, options.subject),
);
const cases = loadCases(folder).filter(({ id }) => chosen(id, options.case));
if (options.list) list(subjects, cases);
else if (subjects.length === 0 || cases.length === 0) fail("nothing matches --subject and --case");
else await run(subjects, cases);

function chosen(name: string, texts: readonly string[] | undefined): boolean {
  const lower = name.toLowerCase();
  return texts === undefined || texts.some((text) => lower.includes(text.toLowerCase()));
}

function list(subjects: readonly Subject[], cases: readonly Case[]): void {
  for (const { name, title } of subjects) print(`subject ${name}: ${title}\n`);
  for (const { id, clause, level, title } of cases) print(`case ${id} (${clause}, ${level}): ${title}\n`);
  print(`${subjects.length} subjects, ${cases.length} cases\n`);
}

async function run(subjects: readonly Subject[], cases: readonly Case[]): Promise<void> {
  print(`${cases.length} cases on ${subjects.length} subjects\n`);
  const control = await startControlServer(join(folder, "dist", "drivers", "browser.global.js"));
  const waiting = [...subjects];
  const progress = createProgress(print, process.stdout.isTTY === true);
  const results = new Map<Subject, SubjectResult>();
  const lane = async () => {
    for (let subject = waiting.shift(); subject; subject = waiting.shift()) {
      const onResult = ({ name }: Subject) => progress(name);
      const result = await runSubject(subject, cases, { folder, control, onResult });
      results.set(subject, result);
      print(progressLine(result));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_SUBJECTS }, lane));
  await control.close();
  const ordered = subjects.map((subject) => results.get(subject)).filter((result) => result !== undefined);
  printSummary(ordered, print);
  writeJunitReport(join(folder, "reports", "conformance.xml"), ordered);
  const verdicts = ordered.flatMap((result) => result.results.map(({ verdict }) => verdict));
  const failed = verdicts.filter(failsTheRun).length;
  print(
    `conformance: ${verdicts.filter((verdict) => verdict === "passed").length} passed, ${failed} failed\n`,
  );
  const absent = ordered.filter((result) => result.absent !== undefined);
  const unacceptable = process.env.CI ? absent : [];
  for (const { subject, absent: why } of unacceptable) print(`CI has to run ${subject.title}: ${why}\n`);
  if (failed + unacceptable.length > 0) process.exitCode = 1;
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 2;
}
