/** For tests of worlds. */
import { expect } from "vitest";
import { runSeeds } from "./run-seeds.ts";
import type { Kind } from "./script.ts";

/** `seeds` worlds, with the seeds from `from` on. */
export async function expectWorldsToPass(kind: Kind, from: number, seeds: number): Promise<void> {
  const run = await runSeeds({ from, seeds, kind, nowMs: () => 0 });
  expect(run.failures.map(({ seed, message }) => `--kind ${kind} --seed ${seed}: ${message}`)).toEqual([]);
  expect(run.seeds).toBe(seeds);
}
