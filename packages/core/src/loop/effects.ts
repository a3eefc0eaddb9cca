/** Carries out what the delivery machine asks for. */
import type { Client } from "../client/client.ts";
import type { Effects, KeptBecause } from "../delivery/effects.ts";
import { timerFired } from "../delivery/flushing.ts";
import {
  abandonedMessage,
  authMessage,
  MAX_REPORTED_IDS,
  retryExhaustedMessage,
} from "../report/messages.ts";
import { endCallers } from "./flush.ts";
import { attempt, noteInFlight } from "./guarded.ts";
import { countDropped, lose, statusOf, take } from "./settle.ts";
import { step } from "./step.ts";
import { transmit } from "./transmit.ts";

export const EFFECTS: Effects = { send, abort, remove, drop, evict, wake, report: keep, flushed: endCallers };

function send(client: Client): void {
  // In a microtask: a burst of calls shares the request, and none of them pays for building it.
  void Promise.resolve(client.ports.ready?.()).then(() => transmit(client));
}

function abort(client: Client): void {
  client.request?.abort();
  client.request = undefined;
  noteInFlight(client, 0);
}

function remove(client: Client, count: number, rejected: number): void {
  attempt(client, () => {
    take(client, 0, count, true);
    client.delivered += count - rejected;
    if (rejected > 0) lose(client, "rejected_by_server", rejected, undefined, client.answer);
  });
}

function drop(client: Client, count: number, reason: "rejected" | "too_large"): void {
  attempt(client, () => lose(client, reason, count, take(client, 0, count, false), client.answer));
}

export function evict(client: Client, offset: number, count: number): void {
  attempt(client, () => {
    const messageIds = take(client, offset, count, false);
    const { evicted } = client;
    if (evicted === undefined) {
      lose(client, "queue_full", count, messageIds);
      client.evicted = { count: 0, messageIds: [] };
      return;
    }
    countDropped(client, "queue_full", count);
    evicted.count += count;
    if (evicted.messageIds.length < MAX_REPORTED_IDS) evicted.messageIds.push(...messageIds);
  });
}

function wake(client: Client, afterMs: number | null): void {
  const { timers } = client.ports;
  timers.clear(client.timer);
  client.timer = afterMs === null ? undefined : timers.set(() => onTimer(client), afterMs);
}

function onTimer(client: Client): void {
  client.timer = undefined;
  step(client, timerFired);
}

/** Delivery stopped and everything is kept. */
function keep(client: Client, because: KeptBecause, attempts: number): void {
  const { answer, outbox, reports } = client;
  const count = outbox.size;
  if (because === "abandoned") {
    reports.push({ type: "retry_exhausted", message: abandonedMessage(count), count });
    return;
  }
  const message = because === "auth" ? authMessage(answer) : retryExhaustedMessage(answer, attempts);
  reports.push({ type: because, message, count, ...statusOf(answer) });
}
