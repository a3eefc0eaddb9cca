/** What a person sees: a mark per case while it runs, a table at the end, and every failure with its exchange. */
import colors from "picocolors";
import {
  type CaseResult,
  countVerdicts,
  failsTheRun,
  type SubjectResult,
  type Verdict,
} from "../runner/results.ts";

/** Where text goes; standard output in earnest. */
export type Print = (text: string) => void;

const MARKS: Record<Verdict, string> = {
  passed: colors.green("."),
  failed: colors.red("F"),
  "known-failure": colors.yellow("k"),
  "unexpected-pass": colors.red("U"),
  "not-run": colors.dim("-"),
};

/** Marks of one subject, printed as one line when it is through: subjects run side by side. */
export function progressLine({ subject, results, elapsedMs }: SubjectResult): string {
  const marks = results.map(({ verdict }) => MARKS[verdict]).join("");
  return `${subject.name.padEnd(12)} ${marks} ${colors.dim(`${(elapsedMs / 1000).toFixed(1)} s`)}\n`;
}

/** Where every subject stands, rewritten in place; nothing where output is a file. */
export function createProgress(print: Print, isTerminal: boolean): (subject: string) => void {
  const done = new Map<string, number>();
  return (subject) => {
    done.set(subject, (done.get(subject) ?? 0) + 1);
    if (!isTerminal) return;
    const standings = [...done].map(([name, count]) => `${name} ${count}`);
    print(`\r\u001b[2K${colors.dim(standings.join(" · "))}\r`);
  };
}

export function printSummary(results: readonly SubjectResult[], print: Print): void {
  for (const { subject, results: cases } of results) {
    for (const result of cases) {
      if (failsTheRun(result.verdict)) print(failureText(result, subject.title));
      else if (result.verdict === "known-failure") print(knownText(result, subject.title));
    }
    for (const line of notRunLines(cases)) print(`not run on ${subject.title}: ${line}\n`);
  }
  print(table(results));
}

function failureText(result: CaseResult, title: string): string {
  const { case: theCase, verdict, problems, exchange, knownReason } = result;
  const stale = `passes, but is listed as failing: ${knownReason}`;
  const lines = [
    colors.red(`\n${verdict}: ${theCase.id} on ${title}`),
    `  ${theCase.title} (contract ${theCase.clause}, ${theCase.level})`,
    ...(verdict === "failed" ? problems : [stale]).map((problem) => `  - ${problem}`),
    ...(exchange.length > 0 ? ["  the API saw:"] : ["  the API saw nothing"]),
    ...exchange.map((line) => `    ${line}`),
  ];
  return `${lines.join("\n")}\n`;
}

function knownText({ case: theCase, verdict, knownReason }: CaseResult, title: string): string {
  return `${verdict}: ${theCase.id} on ${title}: ${knownReason}\n`;
}

/** More names than this on a line are not read; the JUnit report has them all. */
const MAX_NAMES = 12;

/** One line per reason: a subject without a capability lacks it for many cases. */
function notRunLines(results: readonly CaseResult[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { case: theCase, verdict, problems } of results) {
    if (verdict !== "not-run") continue;
    const reason = problems.join("; ");
    byReason.set(reason, [...(byReason.get(reason) ?? []), theCase.id]);
  }
  return [...byReason].map(([reason, ids]) => {
    const more = ids.length > MAX_NAMES ? [`${ids.length - MAX_NAMES} more`] : [];
    return `${ids.length} cases (${reason}): ${[...ids.slice(0, MAX_NAMES), ...more].join(", ")}`;
  });
}

const COLUMNS: readonly Verdict[] = ["passed", "failed", "known-failure", "unexpected-pass", "not-run"];

function table(results: readonly SubjectResult[]): string {
  const width = Math.max(...results.map(({ subject }) => subject.title.length), "subject".length);
  const header = ["subject".padEnd(width), ...COLUMNS].join("  ");
  const rows = results.map(({ subject, results: cases }) => {
    const counts = countVerdicts(cases);
    return [
      subject.title.padEnd(width),
      ...COLUMNS.map((name) => String(counts[name]).padStart(name.length)),
    ].join("  ");
  });
  return `\n${[header, ...rows].join("\n")}\n`;
}
