/** What is to be run: cases of subjects, as chosen on the command line or as they failed in an earlier run. */
import { nearest } from "../nearest.ts";
import { printableLine } from "../report/printable.ts";
import type { ReportedCase } from "../report/run-report.ts";
import type { Subject } from "../subject.ts";
import { UsageError } from "../usage-error.ts";
import type { CliOptions } from "./options.ts";

export interface PlannedSubject {
  subject: Subject;
  cases: readonly ReportedCase[];
}

export type Plan = readonly PlannedSubject[];

/** Throws UsageError for a name that finds nothing: a run of less than was asked for must not look like success. */
export function chosenPlan(
  subjects: readonly Subject[],
  cases: readonly ReportedCase[],
  options: Pick<CliOptions, "subject" | "case" | "level">,
): Plan {
  const ofLevel = cases.filter(({ level }) => options.level === undefined || level === options.level);
  const chosenCases = found(ofLevel, options.case, "case", ({ id }) => [id]);
  const chosen =
    options.subject === undefined
      ? subjects.filter(({ onlyWhenNamed }) => !onlyWhenNamed)
      : found(subjects, options.subject, "subject", ({ name, title }) => [name, title]);
  return chosen.map((subject) => ({ subject, cases: chosenCases }));
}

/** In their own order. A text that is a whole name finds only that; otherwise it finds every name it is part of. */
function found<T>(
  all: readonly T[],
  texts: readonly string[] | undefined,
  what: string,
  namesOf: (one: T) => string[],
): readonly T[] {
  if (texts === undefined) return all;
  const hits = texts.map((text) => {
    const lower = text.toLowerCase();
    const whole = all.filter((one) => namesOf(one).some((name) => name.toLowerCase() === lower));
    const part = all.filter((one) => namesOf(one).some((name) => name.toLowerCase().includes(lower)));
    if (part.length === 0) {
      const meant = nearest(lower, all.flatMap(namesOf));
      throw new UsageError(`--${what} ${text} finds nothing${meant}; --list shows what there is`);
    }
    return whole.length > 0 ? whole : part;
  });
  return all.filter((one) => hits.some((list) => list.includes(one)));
}

export function planText(plan: Plan): string {
  const cases = plan[0]?.cases ?? [];
  const lines = [
    ...plan.map(({ subject }) => `subject ${subject.name}: ${subject.title}`),
    ...cases.map(({ id, clause, level, title }) => `case ${id} (${clause}, ${level}): ${title}`),
    `${plan.length} subjects, ${cases.length} cases`,
  ];
  return `${lines.map(printableLine).join("\n")}\n`;
}
