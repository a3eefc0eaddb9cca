/** Carries out what the delivery machine asks for. */
import type { Client } from "../client/client.ts";
import { answered, batchCut } from "../delivery/answering.ts";
import { timerFired } from "../delivery/flow.ts";
import type { Effects, KeptBecause } from "../delivery/machine.ts";
import { describeThrown } from "../events/refusal.ts";
import { type Batch, cutBatch } from "../events/wire.ts";
import { type Answer, classifyAnswer, noAnswer } from "../http/outcome.ts";
import {
  abandonedMessage,
  authMessage,
  MAX_REPORTED_IDS,
  retryExhaustedMessage,
} from "../report/messages.ts";
import { printDebug } from "../report/reporter.ts";
import { attempt, countDropped, lose, note, step, take } from "./books.ts";
import { endCallers } from "./flush.ts";

export const EFFECTS: Effects = { send, abort, remove, drop, evict, wake, report, flushed: endCallers };

function send(client: Client): void {
  // In a microtask: a burst of calls shares the request, and none of them pays for building it.
  void Promise.resolve().then(() => transmit(client));
}

/** One request: cut from the front of the queue, sent, and its answer heard. */
export async function transmit(client: Client): Promise<void> {
  const { ports, config, outbox } = client;
  if (ports.isReady?.() === false || client.phase !== "sending" || client.request) return;
  let batch: Batch | undefined;
  let trouble = "it lost what it held";
  try {
    // Beyond `pending` there may be operations that wait for a user.
    const limit = Math.min(client.limit, client.pending);
    batch = cutBatch(outbox, limit, Math.min(config.maxBatchBytes, ports.maxBodyBytes?.() ?? Infinity));
  } catch (error) {
    trouble = describeThrown(error);
  }
  if (!batch?.count) return conclude(client, noAnswer(`the outbox failed: ${trouble}`));
  const { path, count } = batch;
  step(client, batchCut, count);
  // Evictions are reported in that step: the app may have stopped delivery in its onError.
  if (client.inFlight === 0) return;
  noteInFlight(client, count);
  const request = client.transport(batch);
  // The app's fetch may have called back in, and taken back what the request carries.
  if (client.inFlight === 0) return request.abort();
  client.request = request;
  const answer = await request.answer;
  if (client.request !== request) return;
  client.request = undefined;
  noteInFlight(client, 0);
  printDebug(client.reporter, `${path}, ${count} operations: ${answer.failure ?? answer.status}`);
  conclude(client, answer);
}

/** The request under way is over, and this is what came of it. */
export function conclude(client: Client, answer: Answer): void {
  const { ports } = client;
  client.answer = answer;
  step(client, answered, classifyAnswer(answer, client.inFlight, ports.nowMs()), ports.random());
}

function abort(client: Client): void {
  client.request?.abort();
  client.request = undefined;
  noteInFlight(client, 0);
}

/** Operations at the front that a request now carries; 0 once it has ended. */
function noteInFlight(client: Client, count: number): void {
  if (client.outbox.inFlight) attempt(client, () => client.outbox.inFlight?.(count));
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

function evict(client: Client, offset: number, count: number): void {
  attempt(client, () => {
    const messageIds = take(client, offset, count, false);
    const { evicted } = client;
    if (evicted) {
      countDropped(client, "queue_full", count);
      evicted.count += count;
      evicted.messageIds.push(...messageIds.slice(0, MAX_REPORTED_IDS - evicted.messageIds.length));
    } else {
      lose(client, "queue_full", count, messageIds);
      client.evicted = { count: 0, messageIds: [] };
    }
  });
}

function wake(client: Client, afterMs: number): void {
  const { timers } = client.ports;
  if (client.timer !== undefined) timers.clear(client.timer);
  client.timer = afterMs > 0 ? timers.set(() => onTimer(client), afterMs) : undefined;
}

function onTimer(client: Client): void {
  client.timer = undefined;
  step(client, timerFired);
}

/** Delivery stopped and everything is kept. */
function report(client: Client, because: KeptBecause, attempts: number): void {
  // A key is refused, and retries are used up, by an answer.
  const answer = client.answer as Answer;
  const count = client.outbox.size;
  if (because === "abandoned")
    return note(client, { type: "retry_exhausted", message: abandonedMessage(count), count });
  const message = because === "auth" ? authMessage(answer) : retryExhaustedMessage(answer, attempts);
  note(client, { type: because, message, count }, answer);
}
