/**
 * Requests that are sent before their turn: a client that may end any moment has no time to wait for answers, so one request
 * follows the other (contract, section 5). The machine knows nothing of them. What is answered before its turn leaves the queue
 * at once, or waits for its turn as if it had never been sent; and when the machine asks for a request that is still under
 * way, that one's answer is waited for. Nothing is removed before its answer.
 */
import type { Client } from "../client/client.ts";
import { hurried } from "../delivery/flushing.ts";
import { withdrawn } from "../delivery/queueing.ts";
import { isIdentify, type Operation } from "../events/operation.ts";
import { type Batch, cutBatch, utf8Bytes } from "../events/wire.ts";
import type { Answer, RequestUnderWay } from "../http/exchange.ts";
import { read, settle, step } from "./books.ts";
import { heard, noteEnd, transmit } from "./effects.ts";
import { guard } from "./guard.ts";

export interface SentAhead {
  readonly batch: Batch;
  readonly request: RequestUnderWay;
  readonly operations: ReadonlySet<Operation | undefined>;
  /** An identify, and an older one had no answer: whichever arrives last counts, and no answer says which. */
  readonly mayBeUndone: boolean;
}

/** Requests sent ahead at a time: a queue that identifies cut more often than any visitor does goes on when some are answered. */
const MAX_AHEAD = 20;

/** For a runtime whose clients send ahead: a part of `Ports`. */
export const AHEAD = { sendAhead, next, letGo };

/**
 * Sends what stands behind the request in flight, as far as `aheadBytes` allows it. `behind`: others may have that much in
 * flight, and this client waits until they have not.
 */
export function sendAhead(client: Client, behind?: number): void {
  const { outbox, ports, ahead } = client;
  if (!ports.aheadBytes?.(client) || !(client.request || behind !== undefined)) return;
  step(client, hurried);
  // A request that failed for what it holds is divided, or others are probed; what stands behind it waits until that is done.
  while (client.phase === "sending" && client.suspect + client.offset === 0 && ahead.length < MAX_AHEAD) {
    const offset = endOfSent(client, behind);
    const room = ports.aheadBytes(client);
    const limit = Math.min(client.ceiling, client.pending - offset);
    const batch = cutBatch(outbox, limit, Math.min(client.config.maxBatchBytes, room), offset);
    const { count } = batch;
    if (limit <= 0 || count === 0 || utf8Bytes(batch.body) > room) return;
    outbox.inFlight?.(offset + count);
    const operations = new Set(read(outbox, offset, offset + count));
    const mayBeUndone = isIdentify(outbox.at(offset)) && read(outbox, 0, offset).some(isIdentify);
    const request = client.transport(batch);
    // As in `transmit`: everything may have been taken back.
    if (client.phase !== "sending") return request.abort();
    const sent = { batch, request, operations, mayBeUndone };
    ahead.push(sent);
    void request.answer.then((answer) => guard(client, () => answeredEarly(client, sent, answer)));
  }
}

/**
 * What comes next: what is under way already, if that is its turn. `null`: whatever was sent ahead must be answered first, for
 * the client may have time again, and then there is one request at a time.
 */
function next({ ahead, outbox }: Client): SentAhead | undefined | null {
  const [sent] = ahead;
  if (!sent) return undefined;
  const isInFront = [...sent.operations].every((one, index) => one === outbox.at(index));
  return sent.mayBeUndone || !isInFront ? null : ahead.shift();
}

/** Nobody waits for any of it. */
function letGo({ ahead }: Client): void {
  for (const { request } of ahead.splice(0)) request.abort();
}

function answeredEarly(client: Client, sent: SentAhead, answer: Answer): void {
  const at = client.ahead.indexOf(sent);
  // Its turn has come meanwhile, or it was let go of.
  if (at < 0) return;
  client.ahead.splice(at, 1);
  const outcome = heard(client, answer, sent.batch.count);
  // An identify is overtaken by none: one that may be undone is said again in its turn.
  if (outcome.kind === "accepted" && !sent.mayBeUndone) {
    client.answer = answer;
    step(client, settleAll, sent, outcome.rejected);
  }
  noteEnd(client);
  void transmit(client);
}

/** One by one, the last first: some may have gone to another page, or made room for others. */
function settleAll(client: Client, { operations }: SentAhead, rejected: number): void {
  let left = rejected;
  for (let at = client.pending - 1; at >= 0; at--) {
    if (!operations.has(client.outbox.at(at))) continue;
    settle(client, at, 1, left-- > 0 ? 1 : 0);
    withdrawn(client, at, 1);
  }
}

/** Behind the last operation that is under way. */
function endOfSent({ ahead, outbox, pending, inFlight }: Client, behind = inFlight): number {
  let end = pending;
  while (end > behind && !ahead.some(({ operations }) => operations.has(outbox.at(end - 1)))) end--;
  return end;
}
