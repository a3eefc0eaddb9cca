/** Runs a plan, with a live line for each subject under way. */
import { type DefaultRenderer, Listr, ListrLogger, type ListrTaskWrapper, type SimpleRenderer } from "listr2";
import { progressBar, subjectLine } from "../report/console-report.ts";
import { printableLine } from "../report/printable.ts";
import type { ReportedSubject } from "../report/run-report.ts";
import { failsTheRun } from "../runner/results.ts";
import { type RunContext, runSubject } from "../runner/run-subject.ts";
import type { Plan, PlannedSubject } from "./plan.ts";

/** Subjects side by side: the runner is one process, so more than this only fight for it. */
const PARALLEL_SUBJECTS = 2;

type Context = Omit<RunContext, "onResult">;
type Line = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>;

/** What became of each subject, in the order of the plan. Where output is no terminal, only beginnings and ends are told. */
export async function runPlan(plan: Plan, context: Context): Promise<ReportedSubject[]> {
  const results = new Map<PlannedSubject, ReportedSubject>();
  const lines = plan.map((planned) => ({
    title: printableLine(planned.subject.title),
    task: async (_: unknown, line: Line) => {
      const reported = await runWithLine(planned, line, context).catch((error) => brokenDown(planned, error));
      results.set(planned, reported);
      line.title = subjectLine(reported);
      // Marks the line; what failed is for the report to say.
      if (reported.results.some(({ verdict }) => failsTheRun(verdict))) throw new Error("see below");
    },
  }));
  const list = new Listr(lines, {
    concurrent: PARALLEL_SUBJECTS,
    exitOnError: false,
    collectErrors: true,
    fallbackRenderer: "simple",
    fallbackRendererOptions: { logger: new ListrLogger({ useIcons: true }) },
    rendererOptions: { showErrorMessage: false },
  });
  await list.run();
  return plan.map((planned) => results.get(planned) ?? brokenDown(planned, list.errors?.[0]));
}

/** The suite itself has failed: the other subjects are reported all the same. */
function brokenDown({ subject, cases }: PlannedSubject, error: unknown): ReportedSubject {
  const { name, title, capabilities } = subject;
  const problems = [`the subject could not be run: ${error instanceof Error ? error.stack : String(error)}`];
  const results = cases.map(({ id }) => {
    return { case: id, verdict: "failed" as const, problems, elapsedMs: 0, exchange: [] };
  });
  return { name, title, capabilities, elapsedMs: 0, results };
}

async function runWithLine(
  { subject, cases }: PlannedSubject,
  line: Line,
  context: Context,
): Promise<ReportedSubject> {
  let done = 0;
  let failed = 0;
  return runSubject(subject, cases, {
    ...context,
    onResult({ verdict }) {
      done++;
      if (failsTheRun(verdict)) failed++;
      if (process.stdout.isTTY) line.output = progressBar(done, cases.length, failed);
    },
  });
}
