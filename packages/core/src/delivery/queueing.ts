/**
 * What comes into the queue and what leaves it without an answer: by calls of the app, for other pages, for want of room. What an
 * answer settles says `answering.ts`.
 */
import { due, goOn, hurried, isResting, rest, setFlushes } from "./flushing.ts";
import type { Machine } from "./machine.ts";

/** `count` operations were put at the end of the outbox. Every `track()` comes through here, on a full queue too. */
export function appended(machine: Machine, count: number): void {
  const { phase } = machine;
  if (phase === "stopped") return;
  const isFirst = due(machine) === 0;
  machine.pending += count;
  machine.fresh += count;
  // Those in flight stay: they may be arriving this moment, and nobody could say they were dropped.
  evict(machine, machine.inFlight);
  if (machine.fresh >= machine.config.flushAt) hurried(machine);
  if (isFirst && isResting(machine)) rest(machine, phase);
}

/**
 * `count` operations of earlier pages were put in front, as if they had been queued all along, and are due at once. The
 * first `doubtful` may have been under way when their page ended: they go first, on their own. Ends `starting`.
 */
export function adopted(machine: Machine, count: number, doubtful: number): void {
  if (machine.phase !== "starting") return;
  leave(machine, 0, -count);
  // Nothing has been sent that could be suspected.
  machine.suspect = 0;
  if (doubtful > 0) machine.limit = Math.min(machine.limit, doubtful);
  evict(machine, 0);
  goOn(machine);
}

/**
 * `count` operations from `offset` on are no longer this queue's: another page has them, or the user took them back. A
 * request that carries some of them is let go of. Nothing may be sent that the running flush is not for.
 */
export function withdrawn(machine: Machine, offset: number, count: number): void {
  const { phase, inFlight } = machine;
  const isCarried = offset < inFlight || (phase === "sending" && machine.offset > 0);
  leave(machine, offset, count);
  const isFlushing = phase === "sending" || phase === "backoff";
  // The last flush has ended, and no other one will.
  const isOver = machine.stopping && machine.flushes.length === 0;
  if (isOver && (phase === "starting" || phase === "throttled")) return rest(machine, "idle");
  if (!isFlushing || (!isCarried && machine.goal + inFlight > 0)) return;
  if (phase === "sending") machine.effects.abort(machine);
  goOn(machine);
}

/** `count` operations leave from `offset` on: every goal behind them moves up, and flushes that reach 0 end. */
export function leave(machine: Machine, offset: number, count: number): void {
  const moved = (goal: number) => goal - Math.min(Math.max(goal - offset, 0), count);
  machine.pending -= count;
  machine.fresh = Math.min(machine.fresh, machine.pending);
  machine.goal = moved(machine.goal);
  machine.suspect = moved(machine.suspect);
  machine.offset = moved(machine.offset);
  // Another one is in front now, and has failed in nothing yet.
  if (offset === 0) {
    machine.doubts = machine.offset = 0;
    machine.probes = 1;
  }
  // A full queue comes through here at every call, and mostly nobody waits.
  if (machine.flushes.length > 0)
    setFlushes(
      machine,
      machine.flushes.map(moved).filter((goal) => goal > 0),
    );
}

/** Beyond `maxQueueSize` the oldest go, from position `offset` on. */
function evict(machine: Machine, offset: number): void {
  const count = machine.pending - machine.config.maxQueueSize;
  if (count <= 0) return;
  machine.effects.drop(machine, offset, count, "queue_full");
  leave(machine, offset, count);
}
