/** What leaves the queue, in the books and in the app's ears: operations are taken out, counted, and noted for a report. */
import type { Client } from "../client/client.ts";
import type { DropReason, WhisperrError } from "../errors.ts";
import { formatMessageId, type Operation } from "../events/operation.ts";
import type { Answer } from "../http/outcome.ts";
import { droppedMessage, MAX_REPORTED_IDS } from "../report/messages.ts";
import { printDebug, report } from "../report/reporter.ts";
import { attempt } from "./guarded.ts";

/** What became of every `track()` and `identify()` so far. */
export interface Stats {
  /** Calls that reached the client, invalid ones included. */
  readonly accepted: number;
  /** Operations the server took. */
  readonly delivered: number;
  /** Operations that are lost, by reason. */
  readonly dropped: { readonly [reason in DropReason]?: number };
  /** Operations that wait, those in flight included. */
  readonly pending: number;
}

export function stats({ accepted, delivered, dropped, outbox }: Client): Stats {
  return { accepted, delivered, dropped: { ...dropped }, pending: outbox.size };
}

/** An operation that never reached the queue; who waits for it hears of it. */
export function refuse(client: Client, reason: DropReason, message: string, operation?: Operation): void {
  if (operation !== undefined) client.ports.onSettled?.(operation, false);
  client.accepted += 1;
  countDropped(client, reason, 1);
  if (reason === "before_send" || reason === "opted_out") return printDebug(client.reporter, message);
  // At once, and not at the end of a step: one that an app causes in its onError is counted, and not reported.
  report(client.reporter, { type: "dropped", reason, count: 1, message });
}

export function countDropped(client: Client, reason: DropReason, count: number): void {
  client.dropped[reason] = (client.dropped[reason] ?? 0) + count;
  client.lost += count;
}

export function reportDropped(
  client: Client,
  reason: DropReason,
  count: number,
  messageIds?: readonly string[],
  answer?: Answer,
): void {
  const message = droppedMessage(reason, answer);
  const ids = messageIds && { messageIds: messageIds.slice(0, MAX_REPORTED_IDS) };
  client.reports.push({ type: "dropped", reason, count, message, ...statusOf(answer), ...ids });
}

/** Counts and reports `count` operations that are out of the queue. */
export function lose(
  client: Client,
  reason: DropReason,
  count: number,
  messageIds?: readonly string[],
  answer?: Answer,
): void {
  countDropped(client, reason, count);
  reportDropped(client, reason, count, messageIds, answer);
}

/** Takes operations out of the outbox; who waits for one of them hears of it. Returns the ids of its first events. */
export function take(client: Client, offset: number, count: number, isDelivered: boolean): string[] {
  const { outbox, ports } = client;
  const messageIds: string[] = [];
  const gone: Operation[] = [];
  // An outbox that cannot read them any more still lets go of them. What was delivered, and nobody waits for, need not be read.
  const looks = !isDelivered || ports.onSettled !== undefined;
  const look = () => {
    for (let i = offset; i < offset + count; i++) {
      const operation = outbox.at(i);
      if (operation === undefined) continue;
      if (ports.onSettled) gone.push(operation);
      if (!isDelivered && operation.kind === "track" && messageIds.length < MAX_REPORTED_IDS)
        messageIds.push(formatMessageId(operation));
    }
  };
  if (looks) attempt(client, look);
  outbox.remove(offset, count);
  for (const operation of gone) ports.onSettled?.(operation, isDelivered);
  return messageIds;
}

export function statusOf(answer: Answer | undefined): Pick<WhisperrError, "status"> {
  return answer?.status ? { status: answer.status } : {};
}
