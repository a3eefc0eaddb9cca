/**
 * The books, and the app's ears. Operations that leave the queue are taken out, counted and noted for a report. The state
 * changes first in each step, and reports come last: so an `onError` that calls back finds everything consistent.
 */
import type { Client } from "../client/client.ts";
import type { DropReason, WhisperrError } from "../errors.ts";
import { formatMessageId, type Operation } from "../events/operation.ts";
import { describeThrown } from "../events/refusal.ts";
import type { Answer } from "../http/outcome.ts";
import { droppedMessage, MAX_REPORTED_IDS } from "../report/messages.ts";
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

/**
 * What an `onError` causes by its own calls it hears of too, but not for ever: it may cause the same each time. The books
 * count everything. Far more than a step has of its own.
 */
const MAX_REPORTS = 20;

export function stats({ accepted, delivered, dropped, outbox }: Client): Stats {
  return { accepted, delivered, dropped: { ...dropped }, pending: outbox.size };
}

/** Changes the client by a function of the machine, then tells what came of it. */
export function step<Args extends readonly unknown[]>(
  client: Client,
  change: (client: Client, ...args: Args) => void,
  ...args: Args
): void {
  const { evicted } = client;
  // Those of an onError's own calls wait for the next step, for the same reason.
  if (evicted && !client.reporter.reporting) {
    client.evicted = undefined;
    if (evicted.count > 0) reportDropped(client, "queue_full", evicted.count, evicted.messageIds);
  }
  change(client, ...args);
  tell(client);
}

/** Called from an app's `onError` it does nothing: whoever called that one goes on with whatever comes. */
export function tell(client: Client): void {
  const { reports, reporter } = client;
  if (reporter.reporting) return;
  let told = 0;
  // Those that an onError causes come at the end of the same list.
  for (const error of reports) if (told++ < MAX_REPORTS) report(reporter, error);
  reports.length = 0;
  client.ports.onStep?.(client);
}

/** Notes what the app is to hear at the end of the step. `answer`: what it is about. */
export function note({ reports }: Client, error: WhisperrError, answer?: Answer): void {
  reports.push(answer?.status ? { ...error, status: answer.status } : error);
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

/** Counts and reports `count` operations that are out of the queue. `messageIds`: of those that are known. */
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

export function countDropped(client: Client, reason: DropReason, count: number): void {
  client.dropped[reason] = (client.dropped[reason] ?? 0) + count;
  client.lost += count;
}

function reportDropped(
  client: Client,
  reason: DropReason,
  count: number,
  messageIds?: readonly string[],
  answer?: Answer,
): void {
  const message = droppedMessage(reason, answer);
  note(client, { type: "dropped", reason, count, message, ...(messageIds && { messageIds }) }, answer);
}

/** Takes operations out of the outbox; who waits for one of them hears of it. Returns the ids of its first events. */
export function take(client: Client, offset: number, count: number, isDelivered: boolean): string[] {
  const { outbox, ports } = client;
  // What was delivered, and nobody waits for, need not be read.
  const gone = isDelivered && !ports.onSettled ? [] : read(client, offset, offset + count);
  outbox.remove(offset, count);
  for (const operation of gone) ports.onSettled?.(operation, isDelivered);
  const lost = isDelivered ? [] : gone;
  return lost.flatMap((one) => (one.kind === "track" ? formatMessageId(one) : [])).slice(0, MAX_REPORTED_IDS);
}

/** Operations from position `from` on, as far as the outbox can be read: one that cannot still lets go of them. */
export function read(client: Client, from: number, to: number = client.outbox.size): Operation[] {
  const found: Operation[] = [];
  attempt(client, () => {
    for (let i = from; i < to; i++) {
      const operation = client.outbox.at(i);
      if (operation) found.push(operation);
    }
  });
  return found;
}

/** For calls of an outbox that the app may have written: when it throws, as it must not, everything else still happens. */
export function attempt(client: Client, action: () => void): void {
  try {
    action();
  } catch (error) {
    printDebug(client.reporter, `the outbox failed: ${describeThrown(error)}`);
  }
}
