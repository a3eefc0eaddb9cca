/** What mutants have to show, as tests: one for each mutant, SDK and case. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
import type { Case } from "../case.ts";
import { loadCases } from "../load.ts";
import { mutants } from "./list/mutants.ts";
import type { Mutant, SdkKind } from "./mutant.ts";
import { createPool, type Pool } from "./pool.ts";

/** One case for one mutant in one SDK. */
interface Trial {
  id: string;
  does: string;
  kind: SdkKind;
  theCase: Case;
  complaint: RegExp;
}

const cases = new Map(
  loadCases(join(import.meta.dirname, "..", "..")).map((theCase) => [theCase.id, theCase]),
);

/** Each mutant is caught, for the reason its case is there for. */
export function tryMutants(kinds: readonly SdkKind[]): void {
  const trials = mutants.flatMap(trialsOf).filter(({ kind }) => kinds.includes(kind));
  let pool: Pool;
  beforeAll(async () => {
    pool = await createPool();
  });
  afterAll(() => pool.close());

  // That it passes all other cases too is for the suite's own run to say.
  test.for(kinds)("the SDK for %s is sound as it was built here", async (kind, { expect, skip }) => {
    const why = await pool.absent(kind);
    if (why !== undefined) return skip(`not run: ${why}`);
    const theCase = trials.find((trial) => trial.kind === kind)?.theCase as Case;
    expect(await pool.run(kind, theCase, null)).toEqual([]);
  });

  describe.concurrent("is caught", () => {
    test.for(trials)("$id by $theCase.id in $kind: $does", async (trial, { expect, skip }) => {
      const why = await pool.absent(trial.kind);
      if (why !== undefined) return skip(`not run: ${why}`);
      const problems = await pool.run(trial.kind, trial.theCase, trial.id);
      expect(problems.join("\n")).toMatch(trial.complaint);
    });
  });
}

function usualKind({ needs = [] }: Case): SdkKind {
  if (needs.includes("wait-until")) return "edge";
  return needs.includes("client") ? "browser" : "node";
}

function trialsOf({ id, does, on, caughtBy }: Mutant): Trial[] {
  return Object.entries(caughtBy).flatMap(([caseId, complaint]) => {
    const theCase = cases.get(caseId);
    if (!theCase) throw new Error(`mutant ${id}: there is no case ${caseId}`);
    return (on ?? [usualKind(theCase)]).map((kind): Trial => ({ id, does, kind, theCase, complaint }));
  });
}
