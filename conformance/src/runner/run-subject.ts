/** All cases on one subject. One long-lived driver serves them all, except cases that end their process. */
import type { Case } from "../case.ts";
import type { Subject } from "../subject.ts";
import type { ControlServer } from "./control-server.ts";
import { type CaseResult, type SubjectResult, verdictOf } from "./results.ts";
import { type CaseOutcome, runCase } from "./run-case.ts";
import { startSubject, whyAbsent } from "./start-subject.ts";
import type { ClockKind, SubjectProcess } from "./subject-process.ts";

export interface RunContext {
  /** The conformance folder, where subjects are started. */
  folder: string;
  control: ControlServer;
  /** Called after each case, for live progress. */
  onResult(subject: Subject, result: CaseResult): void;
}

export async function runSubject(
  subject: Subject,
  cases: readonly Case[],
  context: RunContext,
): Promise<SubjectResult> {
  const from = performance.now();
  const absent = whyAbsent(subject);
  if (absent !== undefined) return { subject, absent, results: cases.map(notRun(absent)), elapsedMs: 0 };
  const results = new Map<Case, CaseResult>();
  const start = (clock: ClockKind) => startSubject(subject, context.folder, context.control, clock);
  let shared: SubjectProcess | undefined;

  async function runAll(
    chosen: readonly Case[],
    run: (theCase: Case) => Promise<CaseOutcome>,
  ): Promise<void> {
    for (const theCase of chosen) {
      const result = await judged(theCase, subject, () => run(theCase));
      results.set(theCase, result);
      context.onResult(subject, result);
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
  return { subject, results: ordered, elapsedMs: performance.now() - from };
}

async function runAlone(theCase: Case, process: SubjectProcess): Promise<CaseOutcome> {
  try {
    return await runCase(theCase, process, "real");
  } finally {
    await process.stop();
  }
}

function notRun(why: string): (theCase: Case) => CaseResult {
  return (theCase) => ({ case: theCase, verdict: "not-run", problems: [why], exchange: [], elapsedMs: 0 });
}

async function judged(theCase: Case, subject: Subject, run: () => Promise<CaseOutcome>): Promise<CaseResult> {
  const missing = (theCase.needs ?? []).filter((need) => !subject.capabilities.includes(need));
  if (missing.length > 0) {
    return notRun(`needs ${missing.join(", ")}`)(theCase);
  }
  const from = performance.now();
  const { problems, exchange } = await run().catch(
    (error: unknown): CaseOutcome => ({
      problems: [`the case could not be set up: ${String(error)}`],
      exchange: [],
    }),
  );
  const known = subject.knownFailures.find((failure) => failure.case === theCase.id);
  const verdict = verdictOf(problems, known?.reason);
  const elapsedMs = performance.now() - from;
  return {
    case: theCase,
    verdict,
    problems,
    exchange,
    elapsedMs,
    ...(known && { knownReason: known.reason }),
  };
}
