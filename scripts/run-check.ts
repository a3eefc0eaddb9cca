/** Runs steps one after the other, all of them even when one fails. The exit code says whether all is well. */
import { runStep, type Step, type StepResult } from "./step.ts";
import { summary } from "./summary.ts";

export async function runCheck(steps: readonly Step[], leftOut?: readonly string[]): Promise<void> {
  const results: StepResult[] = [];
  for (const step of steps) results.push(await runStep(step));
  console.log(summary(results, leftOut));
  process.exitCode = results.some(({ failed }) => failed > 0) ? 1 : 0;
}
