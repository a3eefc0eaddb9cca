/** What comes into the queue and what leaves it unsent. */
import { due, goOn, leave, startFlush } from "./flushing.ts";
import type { Machine } from "./machine.ts";

/** `count` operations were put at the end of the outbox. Every `track()` comes through here, on a full queue too. */
export function appended(machine: Machine, count: number): void {
  const { delivery, config, effects } = machine;
  const { phase } = delivery;
  if (phase === "stopped") return;
  const isFirst = due(machine) === 0;
  delivery.pending += count;
  delivery.fresh += count;
  // Beyond `maxQueueSize` the oldest go, except those in flight: they may be arriving this moment, and nobody could say
  // they were dropped.
  const over = delivery.pending - config.maxQueueSize;
  if (over > 0) evict(machine, delivery.inFlight, over);
  if (delivery.fresh >= config.flushAt && phase !== "unauthorized") {
    if (phase === "idle") return startFlush(machine);
    // A flush that falls due while another runs becomes part of it.
    delivery.fresh = 0;
    delivery.goal = delivery.pending;
  } else if (isFirst && (phase === "idle" || phase === "unauthorized") && config.flushIntervalMs > 0) {
    effects.wake(machine, config.flushIntervalMs);
  }
}

function evict(machine: Machine, offset: number, count: number): void {
  if (count > 0) machine.effects.evict(machine, offset, count);
  leave(machine, offset, count);
}

/**
 * `count` operations of earlier pages were put in front, as if they had been queued all along, and are due at once. The
 * first `doubtful` may have been under way when their page ended, and may be for `leaseMs` yet: they go first, on their
 * own, after that. Ends `starting`.
 */
export function adopted(machine: Machine, count: number, doubtful: number, leaseMs: number): void {
  const { delivery, config, effects } = machine;
  if (delivery.phase !== "starting") return;
  const { fresh } = delivery;
  delivery.phase = "throttled";
  delivery.pending += count;
  delivery.goal += count;
  delivery.flushes = delivery.flushes.map((goal) => goal + count);
  if (doubtful > 0) delivery.limit = Math.min(delivery.limit, doubtful);
  // None too many is a step of its own: a flush() of an empty queue ends with it.
  evict(machine, 0, Math.max(delivery.pending - config.maxQueueSize, 0));
  delivery.fresh = Math.min(fresh, delivery.pending);
  if (count > 0 && leaseMs > 0) effects.wake(machine, leaseMs);
  else goOn(machine);
}

/**
 * `count` operations from `offset` on are no longer this queue's: another page has them, or the user took them back. A
 * request that carries some of them is let go of. Nothing may be sent that the running flush is not for.
 */
export function withdrawn(machine: Machine, offset: number, count: number): void {
  const { delivery, effects } = machine;
  const { phase, inFlight } = delivery;
  const isFlushing = phase === "sending" || phase === "backoff";
  const isCarried = offset < inFlight;
  if (isFlushing && isCarried) delivery.inFlight = 0;
  leave(machine, offset, count);
  if (!isFlushing || (!isCarried && (delivery.goal > 0 || inFlight > 0))) return;
  if (phase === "sending") effects.abort(machine);
  goOn(machine);
}
