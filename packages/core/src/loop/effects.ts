/** Carries out what the delivery machine asks for. */
import type { Client } from "../client/client.ts";
import { answered, batchCut } from "../delivery/answering.ts";
import { timerFired } from "../delivery/flushing.ts";
import type { Effects, KeptBecause } from "../delivery/machine.ts";
import { unmentioned } from "../development.ts";
import type { DropReason } from "../errors.ts";
import { isIdentify } from "../events/operation.ts";
import { describeThrown } from "../events/refusal.ts";
import { cutBatch } from "../events/wire.ts";
import { randomOf, timeOf } from "../host-numbers.ts";
import { type Answer, classifyAnswer, noAnswer, type Outcome } from "../http/exchange.ts";
import { printDebug } from "../report/reporter.ts";
import { lose, settle, step, take } from "./books.ts";
import { endCallers } from "./flush.ts";
import { guard, mend, missingIn } from "./guard.ts";

/** UTF-16 code units: a body of more may be too long for somebody on the way, where it is cut off or unanswered. */
const LARGE_BODY = 16_384;

export const EFFECTS: Effects = { send, abort, remove: settle, drop, wake, report, flushed: endCallers };

function send(client: Client): void {
  soon(client, transmit);
}

/** In a microtask: a burst of calls shares what comes of it, and none of them pays for that. */
function soon(client: Client, run: (client: Client) => void): void {
  client.ports.inContext(() => void Promise.resolve(client).then(run));
}

/** One request: cut from the front of the queue, sent, and its answer heard. What throws meanwhile is a failure without an answer. */
export function transmit(client: Client): Promise<void> {
  return sendOne(client).catch((error: unknown) => guard(client, () => breakOff(client, error)));
}

function breakOff(client: Client, error: unknown): void {
  const { request } = client;
  client.request = undefined;
  request?.abort();
  // What it carried has left the outbox already.
  if (missingIn(client) !== 0) {
    client.isTorn = true;
    mend(client);
  } else if (client.phase === "sending") conclude(client, noAnswer(describeThrown(error)));
}

const maySend = ({ phase, request }: Client): boolean => phase === "sending" && !request;

async function sendOne(client: Client): Promise<void> {
  const { ports, outbox } = client;
  if (!maySend(client) || ports.isReady?.(client) === false || !maySend(client)) return;
  const sent = ports.sendingAhead?.next(client);
  if (sent === null) return;
  // Beyond `pending` there may be operations that wait for a user.
  const { offset } = client;
  const limit = offset > 0 ? 1 : Math.min(client.limit, client.pending);
  const maxBytes = Math.min(client.config.maxBatchBytes, ports.maxBodyBytes?.(client) ?? Infinity);
  const batch = sent?.batch ?? cutBatch(outbox, limit, maxBytes, offset);
  const { count } = batch;
  if (count === 0)
    return conclude(client, noAnswer(`the outbox failed: ${outbox.failure ?? "it lost what it held"}`));
  step(client, batchCut, count);
  // Evictions are reported in that step: the app may have stopped delivery in its onError.
  if (client.inFlight === 0) return;
  // What was sent ahead is noted already, and so is what stands in front of a probe.
  if (!sent) outbox.inFlight?.(offset + count);
  const request = sent?.request ?? client.transport(batch);
  // The app's fetch may have called back in, and taken back what the request carries.
  if (client.inFlight === 0) return request.abort();
  client.request = request;
  ports.sendingAhead?.sendAhead(client);
  const answer = await request.answer;
  if (client.request !== request) return;
  client.request = undefined;
  noteEnd(client);
  if (client.reporter.debug) {
    const came = `${answer.failure ?? answer.status}${unmentioned(answer, count)}`;
    printDebug(client.reporter, `${batch.path}, ${count} operations: ${came}`);
  }
  conclude(client, answer, batch.body.length > LARGE_BODY);
}

/** The request under way is over, and this is what came of it. `isLarge`: see `classifyAnswer()`. */
export function conclude(client: Client, answer: Answer, isLarge?: boolean): void {
  const { offset } = client;
  client.answer = answer;
  const outcome = heard(client, answer, client.inFlight - offset, isLarge);
  const random = outcome.kind === "retry" ? randomOf(client.ports) : 0;
  step(client, answered, outcome, random, offset > 0 && isIdentify(client.outbox.at(offset)));
}

/** What an answer says of the `count` operations that were sent. */
export function heard(client: Client, answer: Answer, count: number, isLarge?: boolean): Outcome {
  // Asked for only where the answer may name a time.
  const nowMs = answer.retryAfter ? timeOf(client.ports) - client.clockAheadMs : 0;
  const outcome = classifyAnswer(answer, count, nowMs, isLarge, client.delivered > 0);
  const { kind } = outcome;
  if (kind === "rejected" || kind === "accepted")
    judgeClock(client, answer.clockAheadMs, kind === "accepted" && outcome.rejected < count);
  return outcome;
}

/**
 * When all that was sent is refused, the clock here may be why: then later events get the time of the API. Once it is corrected
 * each success tells whether it was set right meanwhile. When what has a corrected time is refused as well, it was no correction.
 */
function judgeClock(client: Client, aheadMs: number | undefined, isTaken: boolean): void {
  const { clockAheadMs, clockTrust } = client;
  const isJudged = clockAheadMs !== 0 && client.mistimed === 0;
  if (isJudged && isTaken) client.clockTrust = Infinity;
  if (isJudged && !isTaken && clockTrust < Infinity) {
    client.clockTrust--;
    client.clockAheadMs = 0;
  } else if (aheadMs !== undefined && (isTaken ? clockAheadMs : clockTrust)) {
    if (clockAheadMs === 0) client.mistimed = client.outbox.size;
    client.clockAheadMs = aheadMs;
  }
}

function abort(client: Client): void {
  client.ports.sendingAhead?.letGo(client);
  client.request?.abort();
  client.request = undefined;
  noteEnd(client);
}

/** Where requests are noted beside the queue: one is over. */
export function noteEnd({ request, ahead, outbox }: Client): void {
  if (!request && ahead.length === 0) outbox.inFlight?.(0);
}

function drop(client: Client, offset: number, count: number, reason: DropReason): void {
  const gone = take(client, offset, count, reason);
  if (gone === undefined) return;
  if (reason !== "queue_full") return lose(client, reason, count, gone, client.answer);
  lose(client, reason, count, gone, undefined, client.evicted);
  client.evicted ??= [];
}

function wake(client: Client, afterMs: number): void {
  const { timer } = client;
  const { timers } = client.ports;
  client.timer = undefined;
  if (timer !== undefined) timers.clear(timer);
  client.timer = afterMs > 0 ? timers.set(() => guard(client, () => onTimer(client)), afterMs) : undefined;
  // A host that sets no timer: no wait is better than one without end, unless there would be attempts without end.
  const { phase } = client;
  if (client.timer !== null || phase === "unauthorized" || (phase === "idle" && client.rounds > 0)) return;
  soon(client, withoutTimer);
}

function withoutTimer(client: Client): void {
  if (client.timer === null) onTimer(client);
}

function onTimer(client: Client): void {
  client.timer = undefined;
  step(client, timerFired);
}

/** Delivery stopped and everything is kept. */
function report({ reports, outbox, answer }: Client, because: KeptBecause, attempts: number): void {
  const count = outbox.size;
  if (because === "abandoned")
    reports.push({ type: "retry_exhausted", what: because, count, failures: count });
  else reports.push({ type: because, what: because, count, failures: attempts, answer });
}
