/** What an `identify()` says of a user, and when: by that time those of several processes are told apart, in whatever order they arrive. */
import type { Client } from "../client/client.ts";
import type { IdentifyOperation } from "../events/operation.ts";
import type { QueuedOperation } from "../queue/outbox.ts";

/** An `identify()`, and when it was called, in ms since 1970. */
export interface Said {
  readonly user: string;
  readonly saidAtMs: number;
  readonly body: string;
}

/** An operation as one that says something of a user; undefined for an event. */
export function saidBy(operation: QueuedOperation, saidAtMs: number): Said | undefined {
  if (operation.kind !== "identify") return undefined;
  const { body } = operation as IdentifyOperation;
  const { external_user_id: user } = JSON.parse(body) as { external_user_id?: unknown };
  return { user: String(user), saidAtMs, body };
}

/**
 * What leaves the queue just now has changed the server, for all that is known: it was taken, or nobody heard what became of it. What was
 * refused, or made room for others, says nothing to anybody.
 */
export function mayHaveArrived(client: Pick<Client, "leavingAs"> | undefined): boolean {
  const { leavingAs = null } = client ?? {};
  return leavingAs === null || leavingAs === "undeliverable";
}

/** When a call is made, after one at `lastMs`: of two in one millisecond the second is later, too. A clock may say anything. */
export function callTime(lastMs: number, nowMs: number): number {
  return Math.max(Number.isSafeInteger(nowMs) ? nowMs : 0, lastMs + 1);
}

/** The operation as it is stored: one of `identify()` with its time. */
export function withTime<One extends QueuedOperation>(operation: One, saidAtMs: number): One {
  return operation.kind === "identify" ? { ...operation, saidAtMs } : operation;
}

/** The time that it was stored with; undefined for an operation of an earlier version, and for an event. */
export function timeIn(stored: object | undefined): number | undefined {
  const { saidAtMs } = Object(stored) as { readonly saidAtMs?: unknown };
  return Number.isSafeInteger(saidAtMs) ? (saidAtMs as number) : undefined;
}
