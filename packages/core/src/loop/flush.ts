/** `flush()` and `shutdown()`: who waits for what, and what they are told. */
import type { Client } from "../client/client.ts";
import { abandoned, flushRequested, retryNow } from "../delivery/flushing.ts";
import { checkDeadline, checkNames, type SayName } from "../development.ts";
import { numberOf } from "../host-numbers.ts";
import { MAX_TIMER_MS } from "../options.ts";
import { warningsOf } from "../report/reporter.ts";
import type { Names } from "../unknown-names.ts";
import { type FlushResult, resultSince, step } from "./books.ts";
import { guardedWait } from "./guard.ts";

/** A call that waits. */
export interface Caller {
  readonly result: Promise<FlushResult>;
  readonly resolve: (result: FlushResult) => void;
  /** The books when the call came. */
  readonly delivered: number;
  readonly lost: number;
  /** The one flush that all further callers share, when there are many; it starts when this one has ended. */
  next?: Promise<FlushResult>;
}

/** Callers with goals of their own; beyond them, one flush is for all. Each costs the machine a number, at every step. */
export const MAX_CALLERS = 16;

/** `isAlone`: the promise is nobody else's, for callers who cannot share one. */
export function flush(client: Client, isAlone = false): Promise<FlushResult> {
  const { callers } = client;
  const told = client.reporter.reporting;
  // Asked for in the very report that delivery stopped: another attempt would end in the same report, for ever.
  if (told && told.type !== "dropped") return Promise.resolve(resultSince(client, client));
  const last = callers[callers.length - 1] as Caller;
  // Nothing came in between: the callers wait for the same, so they share one promise.
  if (!isAlone && client.flushes[client.flushes.length - 1] === client.outbox.size) return last.result;
  if (isAlone || callers.length < MAX_CALLERS) return wait(client, false);
  last.next ??= last.result.then(() => flush(client));
  return last.next;
}

/** The last flush. Calls after the first one share its result. */
export function stop(client: Client): Promise<FlushResult> {
  return client.ending ?? wait(client, true);
}

/** What a call that waits can be told. */
export interface Deadline {
  /** 0 or more. Default: none. */
  readonly timeoutMs?: number | undefined;
}

/** In place of a deadline that is no number: whoever gave it meant to wait for some time, and not for ever. */
const UNCLEAR_TIMEOUT_MS = 10_000;

/** `timeoutMs` of what the app gave a call that waits; Infinity where it gave none. */
export function timeoutOf(given: unknown): number {
  const timeoutMs = numberOf(() => (given as Deadline | null | undefined)?.timeoutMs ?? Infinity);
  // NaN is not.
  return timeoutMs <= Infinity ? timeoutMs : UNCLEAR_TIMEOUT_MS;
}

/** The same. What it gave that makes no sense is said once. */
export function timeoutIn(client: Pick<Client, "reporter">, given: unknown, call: string): number {
  const say: SayName = (name, message) => warningsOf(client.reporter)(`${call} ${name}`, message);
  checkNames(given, { timeoutMs: true } satisfies Names<Deadline>, call, say);
  checkDeadline(given, call, say);
  return timeoutOf(given);
}

/** The last flush, with or without a deadline. */
export function shutDown(client: Client, given?: unknown): Promise<FlushResult> {
  return guardedWait(client, () => {
    const stopped = stop(client);
    atDeadline(client, timeoutIn(client, given, "shutdown()"), stopped, () => abandon(client));
    return stopped;
  });
}

/** What `begin` starts, as the app waits for it: no longer than it says. */
export function flushWithin(
  client: Client,
  given: unknown,
  begin = () => flush(client),
): Promise<FlushResult> {
  return guardedWait(client, () => within(client, timeoutIn(client, given, "flush()"), begin));
}

/** What `begin` starts, awaited until a deadline, or without one. Only this wait ends there: delivery goes on. */
export function within(
  client: Client,
  timeoutMs: number,
  begin: () => Promise<FlushResult>,
): Promise<FlushResult> {
  const { delivered, lost } = client;
  const flushed = begin();
  let resolve: Caller["resolve"] = () => {};
  const over = new Promise<FlushResult>((settle) => {
    resolve = settle;
  });
  // Out here, what throws is a throw and no rejection.
  void flushed.then(resolve);
  atDeadline(client, timeoutMs, flushed, () => resolve(resultSince(client, { delivered, lost })));
  return over;
}

/** Calls `end` after so long, unless `over` has resolved by then. */
export function atDeadline(
  { ports }: Client,
  timeoutMs: number,
  over: Promise<unknown>,
  end: () => void,
): void {
  const { timers } = ports;
  if (timeoutMs > MAX_TIMER_MS) return;
  // Computed deadlines come out negative or fractional at times; that is no reason to throw on the way out.
  const timer = timers.set(end, Math.max(Math.ceil(timeoutMs), 0));
  void over.then(() => timers.clear(timer));
}

/** Ends a backoff, or a wait for more operations, now. */
export function retry(client: Client): void {
  step(client, retryNow);
}

/** Nothing is waited for any longer: running flushes resolve with what is kept. */
export function abandon(client: Client): void {
  step(client, abandoned);
}

function wait(client: Client, isLast: boolean): Promise<FlushResult> {
  const { delivered, lost } = client;
  let resolve: Caller["resolve"] = () => {};
  const result = new Promise<FlushResult>((settle) => {
    resolve = settle;
  });
  client.callers.push({ result, resolve, delivered, lost });
  // Before anything is reported: shutdown() in an onError gets the same promise.
  if (isLast) client.ending = result;
  step(client, flushRequested, isLast);
  return result;
}

/** The oldest `count` have what they waited for. */
export function endCallers(client: Client, count: number): void {
  const { callers } = client;
  // Told before they are forgotten: a step may end in its middle.
  for (const caller of callers.slice(0, count)) {
    caller.resolve(resultSince(client, caller));
    callers.shift();
  }
}
