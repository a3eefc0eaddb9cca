/** Runs steps, all of them even when one fails. The exit code says whether all is well. */
import { rmSync } from "node:fs";
import { runStep, type Step, type StepResult, SUMMARIES } from "./step.ts";
import { summary } from "./summary.ts";

/** Lists of steps that run side by side, the steps of each one after the other. */
export type Lanes = readonly (readonly Step[])[];

/** One round follows the other. */
export async function runCheck(rounds: readonly Lanes[], leftOut?: readonly string[]): Promise<void> {
  rmSync(SUMMARIES, { recursive: true, force: true });
  const startedMs = performance.now();
  const results: StepResult[] = [];
  for (const lanes of rounds) results.push(...(await Promise.all(lanes.map(runLane))).flat());
  console.log(summary(results, (performance.now() - startedMs) / 1000, leftOut));
  process.exitCode = results.some(({ failed }) => failed > 0) ? 1 : 0;
}

async function runLane(steps: readonly Step[]): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const step of steps) results.push(await runStep(step));
  return results;
}
