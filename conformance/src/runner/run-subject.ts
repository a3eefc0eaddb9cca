/** All cases on one subject. One long-lived driver serves them all, except cases that end their process. */
import type { Case } from "../case.ts";
import type { ReportedResult, ReportedSubject } from "../report/run-report.ts";
import type { Subject } from "../subject.ts";
import type { ControlServer } from "./control-server.ts";
import { verdictOf } from "./results.ts";
import { type CaseOutcome, runCase } from "./run-case.ts";
import { startSubject, whyAbsent } from "./start-subject.ts";
import type { ClockKind, SubjectProcess } from "./subject-process.ts";

export interface RunContext {
  /** The conformance folder, where subjects are started. */
  folder: string;
  control: ControlServer;
  /** Called after each case, for live progress. */
  onResult(result: ReportedResult): void;
}

export async function runSubject(
  subject: Subject,
  cases: readonly Case[],
  context: RunContext,
): Promise<ReportedSubject> {
  const { name, title, capabilities } = subject;
  const from = performance.now();
  const absent = await whyAbsent(subject);
  if (absent !== undefined) {
    return { name, title, capabilities, absent, elapsedMs: 0, results: cases.map(notRun(absent)) };
  }
  const results = new Map<Case, ReportedResult>();
  const start = (clock: ClockKind) => startSubject(subject, context.folder, context.control, clock);
  let shared: SubjectProcess | undefined;

  async function runAll(
    chosen: readonly Case[],
    run: (theCase: Case) => Promise<CaseOutcome>,
  ): Promise<void> {
    for (const theCase of chosen) {
      const result = await judged(theCase, subject, () => run(theCase));
      results.set(theCase, result);
      context.onResult(result);
    }
  }

  const endsItsProcess = ({ needs }: Case) => needs?.includes("process-exit") === true;
  await Promise.all([
    // Mostly waiting in real time, so they cost the others nothing.
    runAll(cases.filter(endsItsProcess), async (theCase) => runAlone(theCase, await start("real"))),
    runAll(
      cases.filter((theCase) => !endsItsProcess(theCase)),
      async (theCase) => {
        if (!shared?.alive()) {
          await shared?.stop();
          shared = await start("virtual");
        }
        return runCase(theCase, shared, "virtual");
      },
    ),
  ]);
  await shared?.stop();
  const ordered = cases.map((theCase) => results.get(theCase)).filter((result) => result !== undefined);
  return { name, title, capabilities, elapsedMs: performance.now() - from, results: ordered };
}

async function runAlone(theCase: Case, process: SubjectProcess): Promise<CaseOutcome> {
  try {
    return await runCase(theCase, process, "real");
  } finally {
    await process.stop();
  }
}

function notRun(why: string): (theCase: Case) => ReportedResult {
  return ({ id }) => ({ case: id, verdict: "not-run", problems: [why], elapsedMs: 0, exchange: [] });
}

async function judged(
  theCase: Case,
  subject: Subject,
  run: () => Promise<CaseOutcome>,
): Promise<ReportedResult> {
  const missing = (theCase.needs ?? []).filter((need) => !subject.capabilities.includes(need));
  if (missing.length > 0) return notRun(`needs ${missing.join(", ")}`)(theCase);
  const from = performance.now();
  const { problems, ...seen } = await run().catch(
    (error: unknown): CaseOutcome => ({
      problems: [`the case could not be set up: ${String(error)}`],
      exchange: [],
    }),
  );
  const known = subject.knownFailures.find((failure) => failure.case === theCase.id);
  return {
    case: theCase.id,
    verdict: verdictOf(problems, known?.reason),
    problems,
    ...(known && { knownReason: known.reason }),
    elapsedMs: performance.now() - from,
    ...(problems.length > 0 ? seen : { exchange: [] }),
  };
}
