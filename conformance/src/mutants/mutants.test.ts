/** The suite is tested here: each mutant has to be caught by the case that is there for it. In Node; the others are next door. */
import { expect, test } from "vitest";
import { loadCases } from "../load.ts";
import { conformance } from "./build.ts";
import { mutants } from "./list/mutants.ts";
import { tryMutants } from "./trials.ts";

test("each mutant has an id of its own and a case that catches it", () => {
  expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
  expect(mutants.filter(({ caughtBy }) => Object.keys(caughtBy).length === 0)).toEqual([]);
});

test("each case catches a mutant: a case that no SDK could fail is no case", () => {
  const catching = new Set(mutants.flatMap(({ caughtBy }) => Object.keys(caughtBy)));
  const idle = loadCases(conformance).filter(({ id }) => !catching.has(id));
  expect(idle.map(({ id }) => id)).toEqual([]);
});

tryMutants(["node"]);
