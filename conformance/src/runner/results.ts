/** What can become of a case, and what that means for the run. */

export type Verdict =
  | "passed"
  | "failed"
  /** Failed as listed in the subject's known failures. */
  | "known-failure"
  /** Listed as a known failure, but passed: the list is out of date, which fails the run. */
  | "unexpected-pass"
  /** The subject lacks a capability the case needs, or is not on this machine. */
  | "not-run";

export function verdictOf(problems: readonly string[], knownReason: string | undefined): Verdict {
  if (problems.length > 0) return knownReason === undefined ? "failed" : "known-failure";
  return knownReason === undefined ? "passed" : "unexpected-pass";
}

export function failsTheRun(verdict: Verdict): boolean {
  return verdict === "failed" || verdict === "unexpected-pass";
}

export function countVerdicts(results: readonly { verdict: Verdict }[]): Record<Verdict, number> {
  const counts = { passed: 0, failed: 0, "known-failure": 0, "unexpected-pass": 0, "not-run": 0 };
  for (const { verdict } of results) counts[verdict]++;
  return counts;
}
