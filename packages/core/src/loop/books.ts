/**
 * The books, and the app's ears. Operations that leave the queue are taken out, counted and noted for a report. The state
 * changes first in each step, and reports come last: so an `onError` that calls back finds everything consistent.
 */
import type { Client } from "../client/client.ts";
import type { DropReason, WhisperrError } from "../errors.ts";
import type { Operation } from "../events/operation.ts";
import { formatMessageId } from "../events/wire.ts";
import type { Answer } from "../http/exchange.ts";
import type { Outbox } from "../queue/outbox.ts";
import { MAX_REPORTED_IDS, messageOf } from "../report/messages.ts";
import { printDebug, report } from "../report/reporter.ts";

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

/** What became of operations while a `flush()` or `shutdown()` waited. */
export interface FlushResult {
  /** Operations the server took meanwhile. */
  readonly delivered: number;
  /** Operations dropped meanwhile, whatever the reason; `stats()` tells them apart. */
  readonly dropped: number;
  /** Operations that wait now. */
  readonly pending: number;
}

/**
 * What an `onError` causes by its own calls it hears of too, but not for ever: it may cause the same each time. The books
 * count everything. Far more than a step has of its own.
 */
const MAX_REPORTS = 20;

export function stats({ accepted, delivered, dropped, outbox }: Client): Stats {
  return { accepted, delivered, dropped: { ...dropped }, pending: outbox.size };
}

/** What became of operations since the books were as given. */
export function resultSince(
  client: Client,
  { delivered, lost }: Pick<Client, "delivered" | "lost">,
): FlushResult {
  return {
    delivered: client.delivered - delivered,
    dropped: client.lost - lost,
    pending: client.outbox.size,
  };
}

/** Changes the client by a function of the machine, then tells what came of it. */
export function step<Args extends readonly unknown[]>(
  client: Client,
  change: (client: Client, ...args: Args) => void,
  ...args: Args
): void {
  const { evicted = [], reports, reporter } = client;
  // Those of an onError's own calls wait for the next step: they may cause the same each time.
  if (!reporter.reporting) {
    reports.push(...evicted);
    client.evicted = undefined;
  }
  change(client, ...args);
  tell(client);
}

/** Called from an app's `onError` it does nothing: whoever called that one goes on with whatever comes. */
export function tell(client: Client): void {
  const { reports, reporter } = client;
  if (reporter.reporting) return;
  for (let told = 0; told < MAX_REPORTS && reports.length > 0; told++) {
    const { what, answer, failures, ...error } = reports.shift() as Note;
    const message = messageOf(what, answer, failures);
    report(reporter, { ...error, message, ...(answer?.status && { status: answer.status }) });
  }
  reports.length = 0;
  client.ports.onStep?.(client);
}

/** What the app is to hear at the end of a step; the words for it are made then. */
export interface Note extends Pick<WhisperrError, "type" | "reason"> {
  /** What happened, and the answer and the number that say more of it: see `messageOf()`. */
  readonly what: Parameters<typeof messageOf>[0];
  answer?: Answer | undefined;
  readonly failures?: number;
  count: number;
  messageIds?: string[];
}

/** An operation that never reached the queue; who waits for it hears of it. */
export function refuse(client: Client, reason: DropReason, message: string, operation?: Operation): void {
  if (operation) client.ports.onSettled?.(operation, false);
  client.accepted += 1;
  countDropped(client, reason, 1);
  if (reason === "before_send" || reason === "opted_out") return printDebug(client.reporter, message);
  // At once, and not at the end of a step: one that an app causes in its onError is counted, and not reported.
  report(client.reporter, { type: "dropped", reason, count: 1, message });
  tell(client);
}

/** Counts and notes `count` operations that are out of the queue. `gone`: those of them that are known. */
export function lose(
  client: Client,
  reason: DropReason,
  count: number,
  gone?: readonly Operation[],
  answer?: Answer,
  reports = client.reports,
): void {
  countDropped(client, reason, count);
  // With what is still to be told of the same: evictions come by the thousand.
  let note = reports[reports.length - 1];
  if (note?.reason !== reason) {
    note = { type: "dropped", reason, what: reason, count: 0 };
    reports.push(note);
  }
  note.count += count;
  note.answer = answer;
  if (!gone) return;
  note.messageIds ??= [];
  for (const one of gone)
    if (one.kind === "track" && note.messageIds.length < MAX_REPORTED_IDS)
      note.messageIds.push(formatMessageId(one));
}

export function countDropped(client: Client, reason: DropReason, count: number): void {
  client.dropped[reason] = (client.dropped[reason] ?? 0) + count;
  client.lost += count;
  client.leavingAs = undefined;
}

/**
 * Takes operations out of the outbox; who waits for one of them hears of it. Returns those that somebody wants to know of,
 * or undefined when the outbox has not let go of them: then they are as they were. `as`: why they leave, which is counted next; null: they are delivered.
 */
export function take(
  client: Client,
  offset: number,
  count: number,
  as: DropReason | null,
): Operation[] | undefined {
  const { outbox, ports } = client;
  const isDelivered = as === null;
  // What was delivered, and nobody waits for, need not be read.
  const gone = isDelivered && !ports.onSettled ? [] : read(outbox, offset, offset + count);
  client.leavingAs = as;
  outbox.remove(offset, count);
  if (outbox.failure) {
    client.leavingAs = undefined;
    return undefined;
  }
  client.mistimed = Math.max(client.mistimed - count, 0);
  for (const operation of gone) ports.onSettled?.(operation, isDelivered);
  return gone;
}

/** The server took `count` operations from `offset` on, and says it refused `rejected` of them for good. */
export function settle(client: Client, offset: number, count: number, rejected: number): void {
  if (take(client, offset, count, null) === undefined) return;
  client.delivered += count - rejected;
  client.leavingAs = undefined;
  if (rejected > 0) lose(client, "rejected_by_server", rejected, undefined, client.answer);
}

/** Operations from position `from` on, as far as the outbox can be read. */
export function read(outbox: Outbox, from: number, to: number = outbox.size): Operation[] {
  const found: Operation[] = [];
  for (let i = from; i < to; i++) {
    const operation = outbox.at(i);
    if (operation) found.push(operation);
  }
  return found;
}
