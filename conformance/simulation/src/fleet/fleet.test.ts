import { expect, test } from "vitest";
import { fleetPage } from "./fleet-page.ts";
import { runFleet } from "./run-fleet.ts";

/** A small fleet: its curves have the shape of the large one's. */
const CLIENTS = 500;

test("a fleet that backs off with jitter comes back in a fraction of the requests, and with everything", () => {
  const report = runFleet(CLIENTS);
  const [spread, , onTheMinute, constant] = report.runs;
  expect(onTheMinute?.peak).toBeLessThan((constant?.peak ?? 0) / 2);
  // What probes rarely comes back one by one: no wave at all.
  expect(spread?.peak).toBeLessThan((spread?.usual ?? 0) * 2);
  // Without jitter, all that failed together comes back together.
  expect(report.runs.at(-1)?.peak).toBe(CLIENTS);
  for (const { curve } of report.runs) {
    // Rounds are five minutes apart at most.
    expect(curve.caughtUpMs).toBeLessThan(310_000);
    // Only what is too recent for its flush still waits.
    expect(curve.pending).toBeLessThanOrEqual(CLIENTS);
  }
  expect(fleetPage(report)).toContain("<polyline");
});

test("the same fleet, the same curve", () => {
  expect(runFleet(100)).toEqual(runFleet(100));
});
