/**
 * The notes of the file: what a delivered `identify()` said, while other processes have something in the file that may be older.
 * Whoever delivers an older one says the newer ones again; which these are core knows.
 */
import { consequencesOf, MAX_AGAIN, type Said } from "@whisperr/core";
import type { SqliteDatabase, SqliteStatement } from "./database.ts";

/** The statements, compiled once. */
export interface Notes {
  readonly expire: SqliteStatement;
  readonly forget: SqliteStatement;
  readonly forgetUser: SqliteStatement;
  readonly others: SqliteStatement;
  readonly known: SqliteStatement;
  readonly note: SqliteStatement;
}

/** Traits and addresses are kept no longer. */
const KEPT_MS = 7 * 24 * 3_600_000;
/** What was noted later than that a clock noted that has been set back since: it would stay, and win, until then. */
const AHEAD_MS = 3_600_000;

export function notesIn(database: SqliteDatabase): Notes {
  return {
    expire: database.prepare("DELETE FROM whisperr_said WHERE noted_at NOT BETWEEN ? AND ?"),
    forget: database.prepare("DELETE FROM whisperr_said"),
    forgetUser: database.prepare("DELETE FROM whisperr_said WHERE user = ?"),
    // Two ranges of the key: what stands in the own queue is not walked through.
    others: database.prepare(
      `SELECT EXISTS (SELECT 1 FROM whisperr_operations WHERE queue < ?)
           OR EXISTS (SELECT 1 FROM whisperr_operations WHERE queue > ?) AS found`,
    ),
    known: database.prepare(
      `SELECT said_at, body FROM whisperr_said WHERE user = ? ORDER BY said_at DESC LIMIT ${MAX_AGAIN}`,
    ),
    note: database.prepare("INSERT INTO whisperr_said VALUES (?, ?, ?, ?)"),
  };
}

/** Part of a transaction. */
export function forgetOld(notes: Notes): void {
  const now = nowMs();
  notes.expire.run(now - KEPT_MS, now + AHEAD_MS);
}

/** A clock may say anything. */
export function nowMs(): number {
  const now = Date.now();
  return Number.isSafeInteger(now) ? now : 0;
}

/** What others have noted that is newer than `said`, which waits here, and is to be said behind it. */
export function newerThan(notes: Notes, said: readonly Said[]): readonly Said[] {
  return consequencesOf({
    settled: said,
    known: knownOf(notes, said),
    waiting: said,
    mayBeOlder: true,
  }).again;
}

/**
 * Notes what is settled, and returns what is to be said again, in this order. `waiting`: what this process has still to deliver.
 * Part of the transaction that removes what is settled and stores what is returned.
 */
export function noteSettled(
  notes: Notes,
  queue: number,
  settled: readonly Said[],
  waiting: readonly Said[],
): readonly Said[] {
  forgetOld(notes);
  const [{ found }] = notes.others.all(queue, queue) as [{ found: number }];
  const known = knownOf(notes, settled);
  const { again, noted, over } = consequencesOf({ settled, known, waiting, mayBeOlder: found === 1 });
  for (const user of over) notes.forgetUser.run(user);
  for (const { user, saidAtMs, body } of noted) notes.note.run(user, saidAtMs, body, nowMs());
  // Nobody can have an older one any more, of whatever user.
  if (!found && waiting.length + again.length === 0) notes.forget.run();
  return again;
}

function knownOf(notes: Notes, said: readonly Said[]): Said[] {
  return [...new Set(said.map(({ user }) => user))].flatMap((user) => {
    const rows = notes.known.all(user) as { said_at: number; body: string }[];
    return rows.map(({ said_at, body }) => ({ user, saidAtMs: said_at, body }));
  });
}
