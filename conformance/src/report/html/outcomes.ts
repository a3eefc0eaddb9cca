/** The report, turned so that the page can ask by case: what became of it on each subject. */
import { countVerdicts } from "../../runner/results.ts";
import type { ReportedCase, ReportedResult, ReportedSubject, RunReport } from "../run-report.ts";
import type { VerdictCounts } from "./verdicts.ts";

/** One cell of the matrix. */
export interface Outcome {
  subject: ReportedSubject;
  result: ReportedResult;
}

export interface CaseOutcomes {
  theCase: ReportedCase;
  /** One per subject, in the order of the columns. */
  outcomes: Outcome[];
  counts: VerdictCounts;
}

/** The cases of one file. */
export interface CaseGroup {
  file: string;
  about: string;
  cases: CaseOutcomes[];
}

/** Cases in the order of the report, gathered by file. */
export function groupedCases({ cases, subjects }: RunReport): CaseGroup[] {
  const bySubject = subjects.map((subject) => ({
    subject,
    results: new Map(subject.results.map((result) => [result.case, result])),
  }));
  const groups = new Map<string, CaseGroup>();
  for (const theCase of cases) {
    const outcomes = bySubject.map(({ subject, results }) => ({
      subject,
      result: results.get(theCase.id) ?? missingResult(theCase.id),
    }));
    const group = groups.get(theCase.file) ?? { file: theCase.file, about: theCase.about, cases: [] };
    group.cases.push({ theCase, outcomes, counts: countVerdicts(outcomes.map(({ result }) => result)) });
    groups.set(theCase.file, group);
  }
  return [...groups.values()];
}

/** A run that was broken off has no result for some; that must be seen, not look like a pass. */
function missingResult(id: string): ReportedResult {
  const problems = ["the run ended before"];
  return { case: id, verdict: "not-run", problems, elapsedMs: 0, exchange: [] };
}

/** Where the page tells how a case went on one subject; what a case does is told under its id. */
export function outcomeAnchor({ subject, result }: Outcome): string {
  return `${result.case}--${subject.name}`;
}
