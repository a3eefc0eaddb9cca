/** Plans what failed in an earlier run, from its JSON report: the cases as they are in there, whatever `cases/` says by now. */
import { z } from "zod";
import { checkCases, readJson } from "../load.ts";
import type { ReportedSubject, RunReport } from "../report/run-report.ts";
import { failsTheRun } from "../runner/results.ts";
import type { Subject } from "../subject.ts";
import { UsageError } from "../usage-error.ts";
import type { Plan, PlannedSubject } from "./plan.ts";

/** What of a report is relied upon here; its cases are checked like those of `cases/`. */
const replayable = z.looseObject({
  format: z.literal(1),
  cases: z.array(z.looseObject({ id: z.string(), file: z.string(), about: z.string() })),
  subjects: z.array(
    z.looseObject({
      name: z.string(),
      results: z.array(z.looseObject({ case: z.string(), verdict: z.string() })),
    }),
  ),
});

/** Throws UsageError when the file is no report, or nothing failed in it. */
export function replayPlan(file: string, subjects: readonly Subject[]): Plan {
  const report = readReport(file);
  const plan = report.subjects.flatMap((reported) => failed(reported, report, subjects));
  if (plan.length === 0) throw new UsageError(`nothing failed in ${file}, so there is nothing to replay`);
  checkCases([...new Set(plan.flatMap(({ cases }) => cases))], file);
  return plan;
}

function readReport(file: string): RunReport {
  const data = readJson(file);
  const { error } = replayable.safeParse(data);
  if (error) throw new UsageError(`${file} is no report of a run: ${z.prettifyError(error)}`);
  return data as RunReport;
}

function failed(
  reported: ReportedSubject,
  { cases }: RunReport,
  subjects: readonly Subject[],
): PlannedSubject[] {
  const ids = reported.results.filter(({ verdict }) => failsTheRun(verdict)).map((result) => result.case);
  if (ids.length === 0) return [];
  const subject = subjects.find(({ name }) => name === reported.name);
  if (!subject)
    throw new UsageError(
      `there is no subject ${reported.name}, on which it failed: --subjects says in which folder it is`,
    );
  return [{ subject, cases: cases.filter(({ id }) => ids.includes(id)) }];
}
