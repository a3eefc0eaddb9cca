/** The suite is tested here: each mutant has to be caught by the case that is there for it. In Node; the others are next door. */
import { expect, test } from "vitest";
import { mutants } from "./list/mutants.ts";
import { tryMutants } from "./trials.ts";

test("each mutant has an id of its own and a case that catches it", () => {
  expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
  expect(mutants.filter(({ caughtBy }) => Object.keys(caughtBy).length === 0)).toEqual([]);
});

tryMutants(["node"]);
