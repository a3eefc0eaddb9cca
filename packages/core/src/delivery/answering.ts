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
 *
 * What fails without being refused may be an outage, or somebody on the way who dislikes what an operation holds. It is halved
 * too; and where the front failed alone in all its attempts, one behind it is probed. When that is taken and the front fails once
 * more, the front is dropped. When it is not, it was an outage, and the probe was an attempt of it, made early.
 */
import type { Outcome } from "../http/exchange.ts";
import {
  attemptsAlone,
  goOn,
  keep,
  MAX_DOUBTS,
  pause,
  probeOf,
  retriesIn,
  roundFailed,
  send,
} from "./flushing.ts";
import type { Machine } from "./machine.ts";
import { leave } from "./queueing.ts";
import type { DeliveryConfig } from "./state.ts";

/**
 * Refusals in a row after which refused batches are no longer divided: 60 bad operations next to each other are found one by one,
 * with the search for the first, and a server that refuses everything sees at most 120 requests for 500 operations.
 */
export const MAX_REFUSALS_IN_A_ROW = 72;

/** The most operations dropped undivided at a time: what a server that was mended meanwhile can cost. */
export const MAX_DROPPED_TOGETHER = 50;

const MAX_REFUSALS_COUNTED = MAX_REFUSALS_IN_A_ROW + Math.ceil(Math.log2(MAX_DROPPED_TOGETHER));

/** The batch for the last `send` effect was cut: it carries `count` operations, 1 or more. */
export function batchCut(machine: Machine, count: number): void {
  if (machine.phase === "sending") machine.inFlight = machine.offset + count;
}

/**
 * The request ended. `random` in [0, 1) feeds the jitter. `isIdentify`: of a probe. It stays when it is taken, and is sent again in
 * its turn: the front, which it has passed, may be an older one of the same user and arrive after all.
 */
export function answered(machine: Machine, outcome: Outcome, random: number, isIdentify = false): void {
  const { offset, effects } = machine;
  const count = machine.inFlight - offset;
  if (machine.phase !== "sending") return;
  if (outcome.kind === "retry") return failed(machine, outcome, random);
  if (outcome.kind === "auth") {
    // Of a probe: it was not taken.
    if (offset > 0) machine.doubts = 0;
    effects.report(machine, outcome.kind, 1);
    return keep(machine, "unauthorized");
  }
  machine.failures = machine.rounds = 0;
  const stays = isIdentify && outcome.kind === "accepted";
  if (outcome.kind === "accepted") {
    if (outcome.rejected < count) machine.futile = 0;
    accepted(machine, count);
    if (!stays) effects.remove(machine, offset, count, outcome.rejected);
  } else if (isDivided(machine, count, outcome.kind === "too_large")) return send(machine);
  else effects.drop(machine, offset, count, outcome.kind);
  if (!stays) leave(machine, offset, count);
  if (offset > 0) {
    machine.limit = 1;
    // The server takes others, so it is the front, unless that one has been evicted meanwhile.
    if (outcome.kind === "accepted" && machine.doubts > 0) machine.doubts = MAX_DOUBTS + 1;
  }
  goOn(machine);
}

/** Class retry: another attempt after a wait, or the end of the flush. `afterMs`: what the server asked for. */
function failed(machine: Machine, { afterMs, blames }: Outcome & { kind: "retry" }, random: number): void {
  const { config, offset, goal } = machine;
  const failures = ++machine.failures;
  const retries = retriesIn(machine);
  const backoffMs = (after: number) => backoffDelayMs(after, random, config.backoff);
  let owedMs = 0;
  if (offset > 0) {
    // What stands behind fails too: an outage, as far as anybody can tell. Three more attempts, unless it is a long one; and where
    // bad ones stand in a row, the next probe goes further.
    machine.doubts = retries > 0 ? attemptsAlone(machine) - 2 : 0;
    machine.probes = offset < goal - 1 ? offset * 4 : 1;
    // It was the next attempt, made early: its wait is still to come.
    owedMs = failures > retries + 1 ? roundFailed(machine) : backoffMs(failures - 1);
  } else if (blames) {
    if (machine.doubts > MAX_DOUBTS) return giveUp(machine, backoffMs(1));
    blame(machine, blames);
    // After the shortest wait, for what was mended in between would look as if it had been the one.
    if (machine.doubts > attemptsAlone(machine) && goal > 1 && failures <= Math.max(retries, 1))
      return pause(machine, "backoff", backoffMs(1), probeOf(machine));
  }
  const askedMs = afterMs && throttledMs(afterMs, random);
  // The server has said when, and no flush() comes before that, nor need one wait for longer.
  if (askedMs) owedMs = 0;
  const phase = askedMs ? "throttled" : "backoff";
  if (failures > retries) {
    roundFailed(machine);
    machine.effects.report(machine, "retry_exhausted", failures);
    return keep(machine, askedMs ? phase : "idle", askedMs, owedMs);
  }
  pause(machine, phase, (askedMs ?? backoffMs(failures)) + owedMs);
}

/** Another one was taken just now, and the front failed once more: it is the front. */
function giveUp(machine: Machine, afterMs: number): void {
  const { probes } = machine;
  machine.failures = 0;
  machine.effects.drop(machine, 0, 1, "undeliverable");
  leave(machine, 0, 1);
  // Where there was one, there may be more: three attempts are enough.
  machine.probes = probes;
  machine.doubts = attemptsAlone(machine) - 2;
  if (machine.goal > 0) pause(machine, "backoff", afterMs);
  else goOn(machine);
}

/**
 * What failed may have failed for what it holds, or for its size: next time there is less of it. At the first failure that is
 * said of large bodies only; most failures are over by the second attempt.
 */
function blame(machine: Machine, blames: "content" | "size"): void {
  const { inFlight } = machine;
  machine.doubts = Math.min(machine.doubts, attemptsAlone(machine)) + 1;
  if (inFlight < 2 || (blames === "content" && machine.doubts < 2 && machine.suspect === 0)) return;
  machine.doubts = 1;
  machine.limit = Math.ceil(inFlight / 2);
  machine.suspect = blames === "size" ? 0 : inFlight;
  if (blames === "size") machine.ceiling = machine.limit;
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

function accepted(machine: Machine, count: number): void {
  const { suspect, ceiling } = machine;
  machine.refusals = 0;
  if (suspect > count) {
    // The bad one is among those behind.
    machine.limit = Math.ceil((suspect - count) / 2);
    return;
  }
  if (count >= ceiling) machine.ceiling = Math.min(ceiling + 1, machine.config.maxBatchSize);
  machine.suspect = 0;
  machine.limit = Math.min(machine.limit * 2, machine.ceiling);
}

/** The batch in flight was refused. False when it is to be dropped: it cannot, or should not, be divided further. */
function isDivided(machine: Machine, count: number, tooLarge: boolean): boolean {
  const { refusals } = machine;
  machine.refusals = Math.min(refusals + 1, MAX_REFUSALS_COUNTED);
  if (count > droppedTogether(refusals)) {
    machine.limit = Math[tooLarge ? "floor" : "ceil"](count / 2);
    machine.suspect = tooLarge ? 0 : count;
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
