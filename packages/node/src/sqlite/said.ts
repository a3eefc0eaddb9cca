/**
 * The last `identify()` of a user is the server's last word, in whatever order those of several processes arrive: what is settled
 * while others have something in the file is noted there, and whoever settles an older one says the newer ones again.
 */
import type { IdentifyOperation, QueuedOperation } from "@whisperr/core";
import type { SqliteDatabase, SqliteStatement } from "./database.ts";

/** An `identify()`, and when it was called, in ms since 1970. */
export interface Said {
  readonly user: string;
  readonly saidAtMs: number;
  readonly body: string;
}

/** The statements, compiled once. */
export interface Notes {
  readonly expire: SqliteStatement;
  readonly forget: SqliteStatement;
  readonly others: SqliteStatement;
  readonly newer: SqliteStatement;
  readonly note: SqliteStatement;
}

/** Traits and addresses are kept no longer. */
const KEPT_MS = 7 * 24 * 3_600_000;
/** Of one user, as many as are said again. */
const MAX_AGAIN = 10;

export function notesIn(database: SqliteDatabase): Notes {
  return {
    expire: database.prepare("DELETE FROM whisperr_said WHERE noted_at < ?"),
    forget: database.prepare("DELETE FROM whisperr_said"),
    // Two ranges of the key: what stands in the own queue is not walked through.
    others: database.prepare(
      `SELECT EXISTS (SELECT 1 FROM whisperr_operations WHERE queue < ?)
           OR EXISTS (SELECT 1 FROM whisperr_operations WHERE queue > ?) AS found`,
    ),
    newer: database.prepare(
      `SELECT said_at, body FROM whisperr_said WHERE user = ? AND said_at > ? ORDER BY said_at DESC LIMIT ${MAX_AGAIN}`,
    ),
    note: database.prepare("INSERT INTO whisperr_said VALUES (?, ?, ?, ?)"),
  };
}

/** Part of a transaction. */
export function forgetOld(notes: Notes): void {
  notes.expire.run(nowMs() - KEPT_MS);
}

/** A clock may say anything. */
export function nowMs(): number {
  const now = Date.now();
  return Number.isSafeInteger(now) ? now : 0;
}

/** An operation as one that says something of a user; undefined for an event. */
export function saidBy(operation: QueuedOperation, saidAtMs: number): Said | undefined {
  if (operation.kind !== "identify") return undefined;
  const { body } = operation as IdentifyOperation;
  const { external_user_id: user } = JSON.parse(body) as { external_user_id?: unknown };
  return { user: String(user), saidAtMs, body };
}

/** What others have noted that is newer than `said`, oldest first. What of it waits here anyway is not said once more. */
export function newerThan(notes: Notes, said: readonly Said[], waiting: readonly Said[]): Said[] {
  const waits = new Set(waiting.map(keyOf));
  const again: Said[] = [];
  for (const { user, saidAtMs } of said) {
    const newer = notes.newer.all(user, saidAtMs) as { said_at: number; body: string }[];
    for (const { said_at, body } of newer.reverse()) {
      const one: Said = { user, saidAtMs: said_at, body };
      if (!waits.has(keyOf(one))) again.push(one);
      waits.add(keyOf(one));
    }
  }
  return again;
}

const keyOf = ({ user, saidAtMs }: Said): string => `${saidAtMs} ${user}`;

/**
 * Notes what is settled, and returns what is to be said again, in this order. `waiting`: what this process has still to deliver.
 * Part of the transaction that removes what is settled and stores what is returned.
 */
export function noteSettled(
  notes: Notes,
  queue: number,
  settled: readonly Said[],
  waiting: readonly Said[],
): Said[] {
  forgetOld(notes);
  const [{ found }] = notes.others.all(queue, queue) as [{ found: number }];
  const users = new Set(settled.map(({ user }) => user));
  const its = waiting.filter(({ user }) => users.has(user));
  const again = newerThan(notes, settled, its);
  for (const { user, saidAtMs, body } of settled) {
    const isNeeded = found || its.some((one) => one.user === user && one.saidAtMs < saidAtMs);
    if (isNeeded) notes.note.run(user, saidAtMs, body, nowMs());
  }
  // Nobody can have an older one any more.
  if (!found && waiting.length + again.length === 0) notes.forget.run();
  return again;
}
