/** `flush()` and `shutdown()`: who waits for what, and what they are told. */
import type { Client } from "../client/client.ts";
import { abandoned, flushRequested, retryNow, stopRequested } from "../delivery/flushing.ts";
import { step } from "./step.ts";

/** What became of operations while a `flush()` or `shutdown()` waited. */
export interface FlushResult {
  /** Operations the server took meanwhile. */
  readonly delivered: number;
  /** Operations dropped meanwhile, whatever the reason; `stats()` tells them apart. */
  readonly dropped: number;
  /** Operations that wait now. */
  readonly pending: number;
}

/** A call that waits. */
export interface Caller {
  readonly result: Promise<FlushResult>;
  readonly end: () => void;
}

/** Callers with goals of their own; beyond them, one flush is for all. Each costs the machine a number, at every step. */
export const MAX_CALLERS = 16;

/** `isAlone`: the promise is nobody else's, for callers who cannot share one. */
export function flush(client: Client, isAlone = false): Promise<FlushResult> {
  const { callers, delivery, outbox } = client;
  // Asked for in the very report that delivery stopped: another attempt would end in the same report, for ever.
  if (client.isTellingKept) return Promise.resolve({ delivered: 0, dropped: 0, pending: outbox.size });
  const last = callers.at(-1);
  if (last === undefined || isAlone) return wait(client, flushRequested);
  // Nothing came in between: the callers wait for the same, so they share one promise.
  if (delivery.flushes.at(-1) === outbox.size) return last.result;
  if (callers.length < MAX_CALLERS) return wait(client, flushRequested);
  client.overflow ??= last.result.then(() => {
    client.overflow = undefined;
    return flush(client);
  });
  return client.overflow;
}

/** The last flush. Calls after the first one share its result. */
export function stop(client: Client): Promise<FlushResult> {
  // Before anything is reported: what an app tracks in its onError then comes after the shutdown.
  client.isStopped = true;
  return client.ending ?? wait(client, stopRequested);
}

/** Ends a backoff, or a wait for more operations, now. */
export function retry(client: Client): void {
  step(client, retryNow);
}

/** Nothing is waited for any longer: running flushes resolve with what is kept. */
export function abandon(client: Client): void {
  step(client, abandoned);
}

function wait(client: Client, request: (client: Client) => void): Promise<FlushResult> {
  const { callers, outbox } = client;
  const { delivered, lost } = client;
  let end = () => {};
  const result = new Promise<FlushResult>((resolve) => {
    end = () =>
      resolve({
        delivered: client.delivered - delivered,
        dropped: client.lost - lost,
        pending: outbox.size,
      });
  });
  callers.push({ result, end });
  // Before anything is reported: shutdown() in an onError gets the same promise.
  if (client.isStopped) client.ending ??= result;
  step(client, request);
  return result;
}

/** The oldest `count` have what they waited for. */
export function endCallers({ callers }: Client, count: number): void {
  for (const { end } of callers.splice(0, count)) end();
}
