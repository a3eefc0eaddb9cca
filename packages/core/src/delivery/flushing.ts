/** How a flush starts, goes on and ends. A flush is a goal: that many operations at the front are to be settled. */
import type { Machine } from "./machine.ts";

/** A caller waits for everything queued now. */
export function flushRequested(machine: Machine): void {
  const { delivery, effects } = machine;
  const { phase, pending } = delivery;
  if (phase === "stopped" || (phase === "throttled" && pending === 0)) return effects.flushed(machine, 1);
  join(machine);
  if (phase === "idle" || phase === "unauthorized") startFlush(machine);
}

/** The app called `shutdown()`: the flush it waits for is the last one. */
export function stopRequested(machine: Machine): void {
  const { delivery, effects } = machine;
  const { phase, pending } = delivery;
  if (phase === "stopped") return effects.flushed(machine, 1);
  delivery.stopping = true;
  join(machine);
  if (phase === "idle" || phase === "unauthorized") startFlush(machine);
  else if (phase === "backoff") send(machine);
  else if (phase === "throttled" && pending === 0) rest(machine, "idle");
}

function join({ delivery }: Machine): void {
  delivery.fresh = 0;
  delivery.goal = delivery.pending;
  delivery.flushes.push(delivery.pending);
}

/** The one timer, set by the last `wake` effect, fired. */
export function timerFired(machine: Machine): void {
  const { phase } = machine.delivery;
  if (phase === "idle" || phase === "unauthorized") startFlush(machine);
  else if (phase === "backoff") send(machine);
  else if (phase === "throttled") goOn(machine);
}

/** Waiting longer has no point (back online, process about to end): skips the rest of a backoff. */
export function retryNow(machine: Machine): void {
  const { phase, pending } = machine.delivery;
  if (phase === "backoff") send(machine);
  else if (phase === "idle" && pending > 0) startFlush(machine);
}

/** A deadline passed: nothing under way is waited for any longer, and everything is kept. */
export function abandoned(machine: Machine): void {
  const { delivery, effects } = machine;
  const { phase, pending, failures, stopping } = delivery;
  if (phase === "stopped") return;
  if (phase === "sending") effects.abort(machine);
  // Nobody may be left to deliver what stays behind.
  if (pending > 0) effects.report(machine, "abandoned", failures);
  leaveKept(machine);
  if (phase === "idle" || phase === "unauthorized") {
    if (pending > 0 && due(machine) === 0) rest(machine, phase);
  } else if (phase === "sending" || phase === "backoff" || stopping) rest(machine, "idle");
  else endFlushes(machine);
}

/** Delivery stops, and everything is kept. */
export function keep(
  machine: Machine,
  phase: "idle" | "unauthorized" | "throttled",
  afterMs?: number | undefined,
): void {
  leaveKept(machine);
  rest(machine, phase, afterMs);
}

function leaveKept({ delivery, config }: Machine): void {
  if (config.retriesKept === false) delivery.fresh = 0;
}

/** Operations that the interval is for. */
export function due({ delivery, config }: Machine): number {
  return config.retriesKept === false ? delivery.fresh : delivery.pending;
}

export function startFlush(machine: Machine): void {
  const { delivery } = machine;
  if (delivery.pending === 0) return rest(machine, "idle");
  delivery.fresh = delivery.failures = 0;
  delivery.goal = delivery.pending;
  send(machine);
}

/** A wait is over, or operations are settled. */
export function goOn(machine: Machine): void {
  if (machine.delivery.goal > 0) send(machine);
  else rest(machine, "idle");
}

export function send(machine: Machine): void {
  const { delivery, effects } = machine;
  delivery.phase = "sending";
  delivery.inFlight = 0;
  effects.wake(machine, null);
  effects.send(machine, delivery.limit);
}

/** Ends the running flush with whatever is left kept in the queue. `afterMs`: until the next attempt; default: the interval. */
export function rest(
  machine: Machine,
  phase: "idle" | "unauthorized" | "throttled",
  afterMs: number | null = null,
): void {
  const { delivery, config, effects } = machine;
  const intervalMs = due(machine) > 0 && config.flushIntervalMs > 0 ? config.flushIntervalMs : null;
  delivery.phase = delivery.stopping ? "stopped" : phase;
  delivery.inFlight = 0;
  effects.wake(machine, delivery.stopping ? null : (afterMs ?? intervalMs));
  endFlushes(machine);
}

/** Whoever waits, waits no longer; what is left stays queued. */
function endFlushes(machine: Machine): void {
  const { delivery } = machine;
  const { length } = delivery.flushes;
  delivery.goal = delivery.failures = delivery.flushes.length = 0;
  if (length > 0) machine.effects.flushed(machine, length);
}

/** `count` operations leave from `offset` on: every goal behind them moves up, and flushes that reach 0 end. */
export function leave(machine: Machine, offset: number, count: number): void {
  const { delivery } = machine;
  const moved = (goal: number) => goal - Math.min(Math.max(goal - offset, 0), count);
  delivery.pending -= count;
  delivery.fresh = Math.min(delivery.fresh, delivery.pending);
  delivery.goal = moved(delivery.goal);
  if (delivery.suspect > offset) delivery.suspect = Math.max(offset, delivery.suspect - count);
  const { length } = delivery.flushes;
  if (length === 0) return;
  delivery.flushes = delivery.flushes.map(moved).filter((goal) => goal > 0);
  const ended = length - delivery.flushes.length;
  if (ended > 0) machine.effects.flushed(machine, ended);
}
