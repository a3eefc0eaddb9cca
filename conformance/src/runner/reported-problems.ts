/** What is wrong with a case, cut down to what somebody reads: an SDK can say the same a thousand times, or in ten megabytes. */

const MAX_PROBLEMS = 100;
const MAX_PROBLEM_CHARACTERS = 4_000;

export function reportedProblems(problems: readonly string[]): string[] {
  const shown = problems.slice(0, MAX_PROBLEMS).map(cut);
  const more = problems.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}

function cut(problem: string): string {
  const more = problem.length - MAX_PROBLEM_CHARACTERS;
  return more > 0 ? `${problem.slice(0, MAX_PROBLEM_CHARACTERS)}… (${more} characters more)` : problem;
}
