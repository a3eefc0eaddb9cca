/** The fleet's question: what reaches the server when it comes back, with the default backoff and with none? */
import { resolveOptions } from "@whisperr/core";
import { type FleetCurve, type FleetSettings, simulateFleet } from "./simulate-fleet.ts";

export interface FleetRun {
  /** `default`: doubling, with jitter. `none`: the same short wait each time. */
  readonly backoff: "default" | "none";
  readonly rhythm: FleetSettings["rhythm"];
  readonly curve: FleetCurve;
  /** After the outage, until the fleet has caught up: requests in the busiest second, and on average. */
  readonly peak: number;
  readonly mean: number;
  /** Requests a second before the outage. */
  readonly usual: number;
}

export interface FleetReport {
  readonly clients: number;
  readonly outageAtMs: number;
  readonly outageMs: number;
  readonly runs: readonly FleetRun[];
}

export const FLEET_CLIENTS = 100_000;

const OUTAGE_AT_MS = 125_000;
const OUTAGE_MS = 600_000;
const AFTER_MS = 400_000;
const EVENT_EVERY_MS = 30_000;
/** What an SDK without backoff waits. */
const CONSTANT_WAIT_MS = 1000;
const SECOND_MS = 1000;

/** `onRun` is told of each of the four as it ends. */
export function runFleet(clients: number, onRun: (run: FleetRun) => void = () => {}): FleetReport {
  const runs: FleetRun[] = [];
  for (const rhythm of ["spread", "onTheMinute"] as const) {
    for (const backoff of ["default", "none"] as const) {
      const run = measured(backoff, rhythm, simulateFleet(settingsOf(clients, backoff, rhythm)));
      runs.push(run);
      onRun(run);
    }
  }
  return { clients, outageAtMs: OUTAGE_AT_MS, outageMs: OUTAGE_MS, runs };
}

function settingsOf(
  clients: number,
  backoff: FleetRun["backoff"],
  rhythm: FleetRun["rhythm"],
): FleetSettings {
  const defaults = resolveOptions({ apiKey: "wrk_fleet" }, { maxQueueSize: 10_000 });
  const constant = { baseMs: CONSTANT_WAIT_MS, maxMs: CONSTANT_WAIT_MS };
  return {
    seed: 1,
    clients,
    config: backoff === "default" ? defaults : { ...defaults, backoff: constant },
    hasJitter: backoff === "default",
    rhythm,
    eventEveryMs: EVENT_EVERY_MS,
    outageAtMs: OUTAGE_AT_MS,
    outageMs: OUTAGE_MS,
    afterMs: AFTER_MS,
  };
}

function measured(backoff: FleetRun["backoff"], rhythm: FleetRun["rhythm"], curve: FleetCurve): FleetRun {
  const healedAt = (OUTAGE_AT_MS + OUTAGE_MS) / SECOND_MS;
  const caughtUp = curve.arrivals.slice(healedAt, healedAt + Math.ceil(curve.caughtUpMs / SECOND_MS));
  return {
    backoff,
    rhythm,
    curve,
    peak: Math.max(...caughtUp),
    mean: mean(caughtUp),
    // The minute before it: the fleet has started by then.
    usual: mean(curve.arrivals.slice(60, 120)),
  };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** One line for a terminal. */
export function fleetLine({ backoff, rhythm, peak, mean, usual, curve }: FleetRun): string {
  const whole = (value: number) => Math.round(value).toLocaleString("en-US");
  return (
    `${rhythm === "spread" ? "events at any time" : "events on the minute"}, backoff ${backoff}: ` +
    `peak ${whole(peak)}/s, mean ${whole(mean)}/s (${(peak / mean).toFixed(1)} to 1), usually ${whole(usual)}/s; ` +
    `99 % caught up in ${(curve.caughtUpMs / SECOND_MS).toFixed(1)} s, ${whole(curve.steps)} transitions`
  );
}
