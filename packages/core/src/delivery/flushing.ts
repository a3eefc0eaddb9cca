/** How a flush of what is queued starts, waits, goes on and ends. */
import type { Machine } from "./machine.ts";
import type { Phase } from "./state.ts";

/** Rounds of retries that failed as a whole are no rarer than this, unless the interval is. */
export const LONGEST_REST_MS = 300_000;

/**
 * So many futile flushes in a row start at once, and further ones wait first: what fails may be why the next one is asked for.
 * An app that calls `flush()` or `track()` whenever it hears of a failure would else do so as fast as the network can.
 */
export const MAX_FUTILE = 10;

/** More of them say that the server took another one just now. */
export const MAX_DOUBTS = 8;

/** An operation must have failed alone in all attempts of a flush before another one is probed, in so many at least and at most. */
const MIN_ATTEMPTS_ALONE = 3;
const MAX_ATTEMPTS_ALONE = MAX_DOUBTS - 1;

/**
 * What is queued is to wait for nothing more: enough of it came together, or who calls it knows that it matters. A wait after a
 * failure is not cut short.
 */
export function hurried(machine: Machine): void {
  const { phase } = machine;
  if (phase === "stopped" || phase === "unauthorized" || machine.pending === 0) return;
  if (phase !== "idle") joinFlush(machine);
  // In an outage it is the interval that probes, or a busy client would do so all the time.
  else if (machine.rounds < 2 || machine.config.flushIntervalMs === 0) startFlush(machine, true);
}

/** A caller waits for everything queued now. `isLast`: the app called `shutdown()`, and there is no flush after this one. */
export function flushRequested(machine: Machine, isLast = false): void {
  const { phase, pending } = machine;
  const waitsForNothing = phase === "throttled" && pending === 0;
  if (phase === "stopped" || (waitsForNothing && !isLast)) return machine.effects.flushed(machine, 1);
  if (isLast) machine.stopping = true;
  machine.rounds = 0;
  machine.flushes.push(pending);
  joinFlush(machine);
  if (isResting(machine)) startFlush(machine, true);
  else if (waitsForNothing) rest(machine, "idle");
  if (isLast) retryNow(machine);
}

/** The one timer, set by the last `wake` effect, fired. */
export function timerFired(machine: Machine): void {
  const { phase } = machine;
  if (isResting(machine)) {
    machine.futile = 0;
    startFlush(machine);
  } else if (phase === "backoff") send(machine, machine.offset < machine.goal ? machine.offset : 0);
  else if (phase === "throttled") goOn(machine);
}

/** Waiting longer has no point (back online, process about to end): skips the rest of a backoff. */
export function retryNow(machine: Machine): void {
  const { phase } = machine;
  machine.rounds = 0;
  // What is in front, even where a probe was next: things have changed.
  if (phase === "backoff") send(machine);
  else if (phase === "idle" && machine.pending > 0) timerFired(machine);
}

/** A deadline passed: nothing under way is waited for any longer, and everything is kept. */
export function abandoned(machine: Machine): void {
  const { phase, pending, effects } = machine;
  if (phase === "stopped") return;
  if (phase === "sending") effects.abort(machine);
  // Nobody may be left to deliver what stays behind.
  if (pending > 0) effects.report(machine, "abandoned", machine.failures);
  leaveKept(machine);
  if (phase === "sending" || phase === "backoff" || machine.stopping) return rest(machine, "idle");
  endFlushes(machine);
  if (isResting(machine) && due(machine) < pending) effects.wake(machine, 0);
}

/**
 * A step has ended in its middle. So many operations are queued, and so many flushes wait, the last one too if `isLast`; whether
 * something `isUnderWay` that goes on by itself, a request or a wait, the surroundings know.
 */
export function mended(
  machine: Machine,
  pending: number,
  waiting: number,
  isLast: boolean,
  isUnderWay: boolean,
): void {
  const { phase } = machine;
  machine.stopping = isLast;
  machine.pending = pending;
  machine.flushes = Array.from({ length: waiting }, () => pending);
  if (phase === "stopped") return endFlushes(machine);
  joinFlush(machine);
  if (phase === "starting") return;
  const goesOn = isUnderWay && (waiting === 0 || !isResting(machine));
  if (pending > 0) {
    // A little later: what broke off may do so again.
    if (!goesOn) pause(machine, "backoff", machine.config.backoff.baseMs);
  } else if (goesOn) setFlushes(machine, []);
  else goOn(machine);
}

/** Delivery stops, and everything is kept. `owedMs`: on top of the wait, if there is one. */
export function keep(machine: Machine, phase: Phase, afterMs?: number, owedMs = 0): void {
  leaveKept(machine);
  rest(machine, phase, afterMs, owedMs);
}

function leaveKept(machine: Machine): void {
  if (machine.config.retriesKept === false) machine.fresh = 0;
}

/** Operations that the interval is for. */
export function due({ config, fresh, pending }: Machine): number {
  return config.retriesKept === false ? fresh : pending;
}

export function isResting({ phase }: Machine): boolean {
  return phase === "idle" || phase === "unauthorized";
}

/** `isCalled`: something asks for it that may ask again at once when it fails. */
function startFlush(machine: Machine, isCalled = false): void {
  machine.failures = 0;
  joinFlush(machine);
  if (machine.goal === 0) return rest(machine, "idle");
  if (isCalled && machine.futile >= MAX_FUTILE)
    return pause(machine, "backoff", machine.config.backoff.baseMs);
  if (isCalled) machine.futile++;
  // The front may have had all its attempts, in a flush that ended before another one could be probed.
  send(machine, machine.doubts > attemptsAlone(machine) ? probeOf(machine) : 0);
}

/** Attempts in which an operation must have failed alone before somebody asks whether it is the one. */
export function attemptsAlone({ config }: Machine): number {
  return Math.min(Math.max(config.maxRetries + 1, MIN_ATTEMPTS_ALONE), MAX_ATTEMPTS_ALONE);
}

/** Where the next probe goes; 0, the front, where it stands alone. */
export function probeOf({ probes, goal }: Machine): number {
  return Math.min(probes, goal - 1);
}

/** The flush that runs, or is about to, is for everything queued now. */
function joinFlush(machine: Machine): void {
  machine.fresh = 0;
  machine.goal = machine.pending;
}

/** A wait is over, or operations are settled. */
export function goOn(machine: Machine): void {
  if (machine.goal > 0) send(machine);
  else rest(machine, "idle");
}

/** The next attempt comes in `afterMs`, at the front or as a probe behind it. */
export function pause(machine: Machine, phase: "backoff" | "throttled", afterMs: number, offset = 0): void {
  machine.phase = phase;
  machine.inFlight = 0;
  machine.offset = offset;
  machine.effects.wake(machine, afterMs);
}

export function send(machine: Machine, offset = 0): void {
  machine.phase = "sending";
  machine.inFlight = 0;
  machine.offset = offset;
  machine.effects.wake(machine, 0);
  machine.effects.send(machine);
}

/** Ends the running flush with whatever is left kept in the queue. `afterMs`: until the next attempt; default: the interval. */
export function rest(
  machine: Machine,
  phase: Phase,
  afterMs = due(machine) > 0 ? restMs(machine) : 0,
  owedMs = 0,
): void {
  machine.phase = machine.stopping ? "stopped" : phase;
  machine.inFlight = machine.offset = 0;
  machine.doubts = Math.min(machine.doubts, MAX_DOUBTS);
  machine.effects.wake(machine, machine.stopping ? 0 : afterMs && afterMs + owedMs);
  endFlushes(machine);
}

/** The interval: rarer after rounds that failed as a whole. */
export function restMs({ rounds, config: { flushIntervalMs } }: Machine): number {
  return Math.min(flushIntervalMs * 2 ** Math.max(rounds - 1, 0), Math.max(flushIntervalMs, LONGEST_REST_MS));
}

/** Attempts after the first one that the running flush has. */
export function retriesIn({ rounds, config }: Machine): number {
  return Math.floor(config.maxRetries / 2 ** rounds);
}

/** The attempts of a flush are used up. Returns the interval from now on, in ms. */
export function roundFailed(machine: Machine): number {
  const isRarest = machine.config.flushIntervalMs === 0 || restMs(machine) >= LONGEST_REST_MS;
  if (machine.rounds < 2 || retriesIn(machine) > 0 || !isRarest) machine.rounds++;
  return restMs(machine);
}

/** Whoever waits, waits no longer; what is left stays queued. */
function endFlushes(machine: Machine): void {
  machine.goal = machine.failures = 0;
  setFlushes(machine, []);
}

export function setFlushes(machine: Machine, flushes: number[]): void {
  const ended = machine.flushes.length - flushes.length;
  machine.flushes = flushes;
  if (ended > 0) machine.effects.flushed(machine, ended);
}
