/**
 * What an answer changes, and with it how many operations the next request may carry: poison isolation and learning a
 * server's size limit.
 *
 * A refused batch (4xx) holds at least one bad operation: the search halves from the front until one operation
 * is refused alone, and only that one is dropped. Then batches double again, so that several bad events in a row
 * cost about two requests each. A too large batch (413) lowers a ceiling that recovers one operation at a time.
 *
 * A server that refuses everything is recognised by refusals in a row without one acceptance. From then on refused
 * batches are dropped undivided, 2, 4, 8 … operations at a time: few requests, and where it was no such server but
 * many bad events in a row, about as many good ones at most go with them.
 */
import type { Outcome } from "../http/exchange.ts";
import { goOn, keep, leave, retriesIn, roundFailed, send } from "./flow.ts";
import type { Machine } from "./machine.ts";
import type { DeliveryConfig } from "./state.ts";

/**
 * Refusals in a row after which refused batches are no longer divided: far above what isolating one bad operation in
 * 500 takes (10), low enough that a server refusing everything sees some 60 requests for 500 operations.
 */
export const MAX_REFUSALS_IN_A_ROW = 40;

/** The most operations dropped undivided at a time: what a server that was mended meanwhile can cost. */
export const MAX_DROPPED_TOGETHER = 50;

const MAX_REFUSALS_COUNTED = MAX_REFUSALS_IN_A_ROW + Math.ceil(Math.log2(MAX_DROPPED_TOGETHER));

/** The batch for the last `send` effect was cut: it carries `count` operations, 1 or more. */
export function batchCut(machine: Machine, count: number): void {
  if (machine.phase === "sending") machine.inFlight = count;
}

/** The request ended. `random` in [0, 1) feeds the jitter. */
export function answered(machine: Machine, outcome: Outcome, random: number): void {
  const { phase, inFlight, effects } = machine;
  if (phase !== "sending") return;
  if (outcome.kind === "retry") return failed(machine, outcome.afterMs, random);
  if (outcome.kind === "auth") {
    effects.report(machine, outcome.kind, 1);
    return keep(machine, "unauthorized");
  }
  machine.failures = machine.rounds = 0;
  if (outcome.kind === "accepted") {
    accepted(machine);
    effects.remove(machine, inFlight, outcome.rejected);
  } else if (isDivided(machine, outcome.kind === "too_large")) return send(machine);
  else effects.drop(machine, 0, inFlight, outcome.kind);
  leave(machine, 0, inFlight);
  goOn(machine);
}

/** Class retry: another attempt after a wait, or the end of the flush. `askedMs`: what the server asked for. */
function failed(machine: Machine, askedMs: number | undefined, random: number): void {
  const { config, effects } = machine;
  const failures = ++machine.failures;
  const phase = askedMs === undefined ? "backoff" : "throttled";
  const afterMs = askedMs === undefined ? undefined : throttledMs(askedMs, random);
  if (failures > retriesIn(machine)) {
    roundFailed(machine);
    effects.report(machine, "retry_exhausted", failures);
    return keep(machine, afterMs === undefined ? "idle" : phase, afterMs);
  }
  machine.phase = phase;
  machine.inFlight = 0;
  effects.wake(machine, afterMs ?? backoffDelayMs(failures, random, config.backoff));
}

/** All of a fleet was told the same moment: a tenth of the wait on top, or a second, spreads its return. */
function throttledMs(askedMs: number, random: number): number {
  return Math.round(askedMs + random * Math.max(askedMs / 10, 1000));
}

/**
 * Milliseconds to wait after the `failures`-th consecutive failed attempt (1 or more): the exponential step, capped,
 * of which the upper half is drawn from `random` in [0, 1). So a fleet that failed together does not return together.
 */
export function backoffDelayMs(
  failures: number,
  random: number,
  { baseMs, maxMs }: DeliveryConfig["backoff"],
): number {
  const step = Math.min(maxMs, baseMs * 2 ** (failures - 1));
  return Math.round(step * (0.5 + 0.5 * random));
}

function accepted(machine: Machine): void {
  const { inFlight, suspect, ceiling } = machine;
  machine.refusals = 0;
  if (suspect > inFlight) {
    // The bad one is among those behind.
    machine.limit = Math.ceil((suspect - inFlight) / 2);
    return;
  }
  if (inFlight >= ceiling) machine.ceiling = Math.min(ceiling + 1, machine.config.maxBatchSize);
  machine.suspect = 0;
  machine.limit = Math.min(machine.limit * 2, machine.ceiling);
}

/** The batch in flight was refused. False when it is to be dropped: it cannot, or should not, be divided further. */
function isDivided(machine: Machine, tooLarge: boolean): boolean {
  const { inFlight, refusals } = machine;
  machine.refusals = Math.min(refusals + 1, MAX_REFUSALS_COUNTED);
  if (inFlight > droppedTogether(refusals)) {
    machine.limit = Math[tooLarge ? "floor" : "ceil"](inFlight / 2);
    machine.suspect = tooLarge ? 0 : inFlight;
    if (tooLarge) machine.ceiling = machine.limit;
    return true;
  }
  // A lone one that was too large says nothing about the size of others.
  if (tooLarge) machine.ceiling = machine.config.maxBatchSize;
  const isSearching = machine.refusals < MAX_REFUSALS_IN_A_ROW;
  const most = isSearching && tooLarge ? Infinity : droppedTogether(machine.refusals);
  machine.limit = Math.min(most, machine.ceiling);
  machine.suspect = 0;
  return false;
}

/** How many operations a refusal may cost after so many in a row. */
function droppedTogether(refusals: number): number {
  const beyond = refusals - MAX_REFUSALS_IN_A_ROW;
  return beyond < 0 ? 1 : Math.min(2 ** (beyond + 1), MAX_DROPPED_TOGETHER);
}
