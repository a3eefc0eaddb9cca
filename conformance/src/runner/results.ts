/** What a run produces: data, from which every report is made. */
import type { Case } from "../case.ts";
import type { Subject } from "../subject.ts";

export type Verdict =
  | "passed"
  | "failed"
  /** Failed as listed in the subject's known failures. */
  | "known-failure"
  /** Listed as a known failure, but passed: the list is out of date, which fails the run. */
  | "unexpected-pass"
  /** The subject lacks a capability the case needs. */
  | "not-run";

export interface CaseResult {
  case: Case;
  verdict: Verdict;
  /** What was wrong; the missing capabilities of a case that was not run. */
  problems: string[];
  exchange: string[];
  /** Why a known failure is known. */
  knownReason?: string;
  elapsedMs: number;
}

export interface SubjectResult {
  subject: Subject;
  /** Why the subject is not on this machine; then no case was run. */
  absent?: string;
  results: CaseResult[];
  elapsedMs: number;
}

export function verdictOf(problems: readonly string[], knownReason: string | undefined): Verdict {
  if (problems.length > 0) return knownReason === undefined ? "failed" : "known-failure";
  return knownReason === undefined ? "passed" : "unexpected-pass";
}

export function failsTheRun(verdict: Verdict): boolean {
  return verdict === "failed" || verdict === "unexpected-pass";
}

export function countVerdicts(results: readonly CaseResult[]): Record<Verdict, number> {
  const counts = { passed: 0, failed: 0, "known-failure": 0, "unexpected-pass": 0, "not-run": 0 };
  for (const { verdict } of results) counts[verdict]++;
  return counts;
}
