import { expect, test } from "vitest";
import type { Bounds } from "./actions.ts";
import { explore } from "./explore.ts";
import type { Sabotage } from "./world.ts";

/** Small enough to visit everything, large enough for every way in which two pages have met. */
const BOUNDS: readonly Bounds[] = [
  { tabs: 1, pages: 3, operations: 1, freezes: 1, isSlow: true },
  { tabs: 1, pages: 3, operations: 2, crashes: 1 },
  { tabs: 2, pages: 2, operations: 1, freezes: 1 },
  { tabs: 2, pages: 2, operations: 2, scans: true },
  { tabs: 2, pages: 2, operations: 2, overtakes: true },
  { tabs: 2, pages: 2, operations: 1, shutdowns: 1, scans: true, holds: true },
];

test.each(BOUNDS)("every world that can be reached keeps the rules: %o", (bounds) => {
  const { worlds, transitions, failure } = explore(bounds);
  console.log(`searched ${worlds} worlds and ${transitions} transitions: ${JSON.stringify(bounds)}`);
  expect(failure).toBeUndefined();
  expect(worlds).toBeGreaterThan(5000);
});

const SABOTAGES: readonly (readonly [Sabotage, Bounds, RegExp])[] = [
  ["marksNothing", { tabs: 2, pages: 2, operations: 1 }, /sends 1, which has arrived|is sent 1 times/],
  ["looksNever", { tabs: 2, pages: 2, operations: 1 }, /sends 1, which has arrived/],
  ["grantsAlways", { tabs: 2, pages: 2, operations: 1 }, /which a living page has as well|has the lock/],
  ["removesAtRecovery", { tabs: 1, pages: 2, operations: 1 }, /operation 1 is nowhere/],
  ["leavesNoWord", { tabs: 1, pages: 2, operations: 2, isSlow: true }, /sends 2 too early/],
];

test.each(SABOTAGES)("a search with a fault in it finds the fault: %s", (sabotage, bounds, what) => {
  expect(explore(bounds, sabotage).failure).toMatch(what);
});
