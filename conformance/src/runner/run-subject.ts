/** All cases on one subject. One long-lived driver serves them all, except cases that end their process. */
import type { Case } from "../case.ts";
import { messageOf } from "../message-of.ts";
import type { ReportedResult, ReportedSubject } from "../report/run-report.ts";
import type { Subject } from "../subject.ts";
import type { ControlServer } from "./control-server.ts";
import { reportedProblems } from "./reported-problems.ts";
import { verdictOf } from "./results.ts";
import { type CaseOutcome, runCase } from "./run-case.ts";
import { startSubject, whyAbsent } from "./start-subject.ts";
import type { ClockKind, SubjectProcess } from "./subject-process.ts";

export interface RunContext {
  /** Where subjects are started: the folder above that of their files. */
  folder: string;
  control: ControlServer;
  /** Called after each case, for live progress. */
  onResult(result: ReportedResult): void;
}

/** A driver that was started so often in a row and answered nothing will not answer the next time either. */
const MAX_DEAD_STARTS = 3;

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
  const [alone, shared] = [
    createDrivers(subject, context, "real"),
    createDrivers(subject, context, "virtual"),
  ];
  await Promise.all([
    // Mostly waiting in real time, so they cost the others nothing.
    runAll(cases.filter(endsItsProcess), (theCase) => alone.run(theCase).finally(alone.stop)),
    runAll(
      cases.filter((theCase) => !endsItsProcess(theCase)),
      shared.run,
    ),
  ]);
  await shared.stop();
  const ordered = cases.map((theCase) => results.get(theCase)).filter((result) => result !== undefined);
  return { name, title, capabilities, elapsedMs: performance.now() - from, results: ordered };
}

interface Drivers {
  /** On the driver there is, or on a new one when that has ended, hangs or has broken the protocol. */
  run(theCase: Case): Promise<CaseOutcome>;
  stop(): Promise<void>;
}

function createDrivers(subject: Subject, { folder, control }: RunContext, clock: ClockKind): Drivers {
  let driver: SubjectProcess | undefined;
  let deadStarts = 0;

  async function stop(): Promise<void> {
    const last = driver;
    driver = undefined;
    // What does not end now ends with this process: no reason to lose the report.
    await last?.stop().catch(() => {});
  }

  async function started(): Promise<SubjectProcess> {
    if (deadStarts >= MAX_DEAD_STARTS)
      throw new Error(`the driver was started ${deadStarts} times in a row, and answered nothing`);
    deadStarts++;
    return startSubject(subject, folder, control, clock);
  }

  return {
    stop,
    async run(theCase) {
      if (driver && !driver.alive()) await stop();
      driver ??= await started();
      const { session } = driver;
      return runCase(theCase, driver, clock).finally(() => {
        if (session.hasAnswered()) deadStarts = 0;
      });
    },
  };
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
      problems: [`the case could not be set up: ${messageOf(error)}`],
      exchange: [],
    }),
  );
  const known = subject.knownFailures.find((failure) => failure.case === theCase.id);
  return {
    case: theCase.id,
    verdict: verdictOf(problems, known?.reason),
    problems: reportedProblems(problems),
    ...(known && { knownReason: known.reason }),
    elapsedMs: performance.now() - from,
    ...(problems.length > 0 ? seen : { exchange: [] }),
  };
}
