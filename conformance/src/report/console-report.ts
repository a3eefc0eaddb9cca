/** What a person sees: a live line per subject while it runs, and at the end every failure with its exchange, and a table. */
import colors from "picocolors";
import { requestLine } from "../runner/exchange.ts";
import { countVerdicts, failsTheRun, type Verdict } from "../runner/results.ts";
import { printableLine } from "./printable.ts";
import type {
  ReportedCase,
  ReportedRequest,
  ReportedResult,
  ReportedSubject,
  RunReport,
} from "./run-report.ts";

/** What the command is told to replay a failure. */
export type Replay = (subject: string, theCase: string) => string;

const BAR_WIDTH = 30;
/** More names than this on a line are not read; the other reports have them all. */
const MAX_NAMES = 12;

export function progressBar(done: number, total: number, failed: number): string {
  const filled = total === 0 ? BAR_WIDTH : Math.round((done / total) * BAR_WIDTH);
  const bar = "█".repeat(filled) + colors.dim("░".repeat(BAR_WIDTH - filled));
  return `${bar} ${done}/${total}${failed > 0 ? colors.red(` ${failed} failed`) : ""}`;
}

/** How a subject that is through stands. */
export function subjectLine({ title, absent, results, elapsedMs }: ReportedSubject): string {
  const name = printableLine(title);
  if (absent !== undefined) return `${name}: not run, ${printableLine(absent)}`;
  const counts = Object.entries(countVerdicts(results)).filter(([of, n]) => n > 0 || of === "passed");
  const text = counts.map(([of, n]) => `${n} ${of}`).join(", ");
  return `${name}: ${text}, ${(elapsedMs / 1000).toFixed(1)} s`;
}

export function consoleReport({ cases, subjects }: RunReport, replay: Replay): string {
  const byId = new Map(cases.map((theCase) => [theCase.id, theCase]));
  const parts = subjects.flatMap((subject) => [
    ...subject.results.flatMap((result) => {
      const theCase = byId.get(result.case);
      if (!theCase || !failsTheRun(result.verdict)) return [];
      return [failureText(theCase, result, subject.title, replay(subject.name, theCase.id))];
    }),
    ...linesByReason(subject, "known-failure", ({ knownReason = "" }) => knownReason),
    ...linesByReason(subject, "not-run", ({ problems }) => problems.join("; ")),
  ]);
  const verdicts = subjects.flatMap(({ results }) => results);
  const failed = verdicts.filter(({ verdict }) => failsTheRun(verdict)).length;
  const total = `conformance: ${countVerdicts(verdicts).passed} passed, ${failed} failed\n`;
  return [...parts, table(subjects), total].join("");
}

/** Of a replay: what has become of each case that had failed. */
export function replayText({ subjects }: RunReport): string {
  const lines = subjects.flatMap(({ title, results }) =>
    results.map(({ case: id, verdict }) => {
      const now = verdict === "passed" ? colors.green("passes now") : colors.red(REPLAYED[verdict]);
      return `${now}: ${printableLine(`${id} on ${title}`)}\n`;
    }),
  );
  return lines.join("");
}

const REPLAYED: Record<Exclude<Verdict, "passed">, string> = {
  failed: "still fails",
  "known-failure": "still fails, as listed",
  "unexpected-pass": "still passes unexpectedly",
  "not-run": "was not run",
};

function failureText(
  { id, title, clause, level }: ReportedCase,
  { verdict, problems, exchange, moreRequests = 0, knownReason }: ReportedResult,
  subject: string,
  replay: string,
): string {
  const stale = `passes, but is listed as failing: ${knownReason}`;
  const told = [
    `  ${title} (contract ${clause}, ${level})`,
    ...(verdict === "failed" ? problems : [stale]).flatMap(problemLines),
    ...(verdict === "failed" ? [exchange.length > 0 ? "  the API saw:" : "  the API saw nothing"] : []),
    ...exchange.map((request) => `    ${exchangeLine(request)}`),
    ...(moreRequests > 0 ? [`    … and ${moreRequests} more`] : []),
  ];
  const lines = [
    `\n${colors.red(printableLine(`${verdict}: ${id} on ${subject}`))}`,
    ...told.map(printableLine),
    colors.dim(printableLine(`  npx whisperr-conformance ${replay}`)),
  ];
  return `${lines.join("\n")}\n`;
}

/** No line of what an SDK says begins where the suite's own lines do. */
function problemLines(problem: string): string[] {
  const [first = "", ...others] = problem.split("\n");
  return [`  - ${first}`, ...others.map((line) => `      ${line}`)];
}

/** With what the judgement of waits depends on. */
function exchangeLine(request: ReportedRequest): string {
  const { retryAfter, virtualMs, atMs } = request;
  const asked = retryAfter === undefined ? "" : `, Retry-After: ${retryAfter}`;
  return `${requestLine(request)}${asked} (at ${Math.round(virtualMs ?? atMs)} ms)`;
}

/** One line per reason: what a subject lacks, or does wrong, it does so in many cases. */
function linesByReason(
  { title, results }: ReportedSubject,
  verdict: Verdict,
  reasonOf: (result: ReportedResult) => string,
): string[] {
  const some = results.filter((result) => result.verdict === verdict);
  return [...Map.groupBy(some, reasonOf)].map(([reason, alike]) => {
    const ids = alike.map((result) => result.case);
    const more = ids.length > MAX_NAMES ? [`${ids.length - MAX_NAMES} more`] : [];
    const named = [...ids.slice(0, MAX_NAMES), ...more].join(", ");
    return `${printableLine(`${verdict} on ${title}: ${reason}: ${named}`)}\n`;
  });
}

const COLUMNS: readonly Verdict[] = ["passed", "failed", "known-failure", "unexpected-pass", "not-run"];

function table(subjects: readonly ReportedSubject[]): string {
  const titles = subjects.map(({ title }) => printableLine(title));
  const width = Math.max(...titles.map((title) => title.length), "subject".length);
  const header = ["subject".padEnd(width), ...COLUMNS].join("  ");
  const rows = subjects.map(({ results }, index) => {
    const counts = countVerdicts(results);
    return [
      titles[index]?.padEnd(width),
      ...COLUMNS.map((name) => String(counts[name]).padStart(name.length)),
    ].join("  ");
  });
  return `\n${[header, ...rows].join("\n")}\n`;
}
