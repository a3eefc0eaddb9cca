/**
 * Identifies that wait for their users, and what newer calls say of those users meanwhile, and have queued: when the older one is queued
 * after all, these are said again behind it, so that the last call stays the last word.
 */
import type { Client } from "../client/client.ts";
import type { Operation } from "../events/operation.ts";
import { MAX_AGAIN } from "../last-word/consequences.ts";
import { type Said, saidBy } from "../last-word/said.ts";
import { append } from "../loop/queue.ts";

export interface LateIdentifies {
  readonly client: Client;
  /** Calls of `identify()` so far, as far as their order matters. Their numbers take the place of the time in what was said. */
  calls: number;
  /** The numbers of those that wait, oldest first. */
  readonly waiting: Set<number>;
  /** What was queued while older ones wait, of each user in the order of the calls. Whoever was named last stands last. */
  readonly said: Map<string, readonly Said[]>;
  /** What `said` weighs. */
  bytes: number;
  /** Is being queued now, and was called before. */
  queueing: { readonly operation: Operation; readonly said: Said } | undefined;
  /** Hears of what is queued, or no longer. */
  readonly hear: (isHearing: boolean) => void;
}

/** What a note takes beside its text, roughly. */
const NOTE_BYTES = 200;

export function lateIdentifies(client: Client): LateIdentifies {
  const { outbox } = client;
  const alone = outbox.append;
  // Direct calls come by here, too. In place only while it is wanted: it is no part of the way of all others.
  const heard = (operation: Operation) => {
    alone(operation);
    if (operation.kind === "identify" && !outbox.failure) note(late, operation);
  };
  const late: LateIdentifies = {
    client,
    calls: 0,
    waiting: new Set(),
    said: new Map(),
    bytes: 0,
    queueing: undefined,
    hear(isHearing) {
      outbox.append = isHearing ? heard : alone;
    },
  };
  return late;
}

/** One is called, and waits until `isOver()`. Returns its number. */
export function isCalled(late: LateIdentifies): number {
  if (late.waiting.size === 0) late.hear(true);
  late.calls += 1;
  late.waiting.add(late.calls);
  return late.calls;
}

/** The one with this number waits no longer, nor is anything kept that no other could undo. */
export function isOver(late: LateIdentifies, call: number): void {
  const { waiting, said } = late;
  if (!waiting.delete(call)) return;
  const [oldest = Infinity] = waiting;
  for (const [user, its] of said) {
    if (its.some(({ saidAtMs }) => saidAtMs > oldest)) break;
    keep(late, user, []);
  }
  if (waiting.size === 0) late.hear(false);
}

/** Queues one that has waited, and behind it all that it undoes. */
export function queueLate(late: LateIdentifies, operation: Operation, call: number): void {
  let next = saidBy(operation, call);
  // Looked for each time: an onError may have called identify() in between.
  while (next) {
    const said = next;
    const again: Operation = { kind: "identify", body: said.body };
    late.queueing = { operation: again, said };
    append(late.client, again);
    const isTaken = late.queueing === undefined;
    late.queueing = undefined;
    next = isTaken ? late.said.get(said.user)?.find(({ saidAtMs }) => saidAtMs > said.saidAtMs) : undefined;
  }
}

/** The outbox has taken it. */
function note(late: LateIdentifies, operation: Operation): void {
  const { queueing, client } = late;
  const isLate = queueing?.operation === operation;
  if (isLate) late.queueing = undefined;
  else late.calls += 1;
  const said = isLate ? queueing.said : saidBy(operation, late.calls);
  if (!said) return;
  const { user, saidAtMs } = said;
  const [oldest = Infinity] = late.waiting;
  const all = (late.said.get(user) ?? []).filter((one) => one.saidAtMs !== saidAtMs);
  const known = [...all, said].filter((one) => one.saidAtMs > oldest);
  keep(late, user, known.sort((a, b) => a.saidAtMs - b.saidAtMs).slice(-MAX_AGAIN));
  for (const longest of late.said.keys()) {
    if (late.bytes <= client.config.maxQueueBytes) break;
    keep(late, longest, []);
  }
}

function keep(late: LateIdentifies, user: string, all: readonly Said[]): void {
  late.bytes += weightOf(all) - weightOf(late.said.get(user) ?? []);
  late.said.delete(user);
  if (all.length > 0) late.said.set(user, all);
}

const weightOf = (all: readonly Said[]) =>
  all.reduce((bytes, { body }) => bytes + body.length + NOTE_BYTES, 0);
