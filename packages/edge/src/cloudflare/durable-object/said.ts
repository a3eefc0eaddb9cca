/**
 * What `identify()` said, in a Durable Object's SQLite: a row for each that waits, and for a day one with its words for each that was
 * delivered. Isolates that have an older one still nobody knows of; when it comes after all, what it has undone stands at the
 * end of the queue again. Which that is core knows.
 */
import { consequencesOf, MAX_AGAIN, type Operation, type Said, saidBy } from "@whisperr/core";
import type { TransactionalSql } from "../bindings.ts";

type Sql = TransactionalSql["sql"];

/** Traits and addresses are kept no longer. No isolate holds its operations back for so long. */
const KEPT_MS = 86_400_000;
/** So many operations later a note goes, too: that bounds them. */
const MAX_BEHIND = 100_000;

const SCHEMA = [
  // `noted_at`: 0 while it waits; then its words are those of the operation at this position.
  `CREATE TABLE IF NOT EXISTS whisperr_said
     (position INTEGER PRIMARY KEY, user TEXT NOT NULL, said_at INTEGER NOT NULL, noted_at INTEGER NOT NULL, body TEXT NOT NULL)`,
  "CREATE INDEX IF NOT EXISTS whisperr_said_of_user ON whisperr_said (user, said_at)",
  "CREATE INDEX IF NOT EXISTS whisperr_said_noted ON whisperr_said (noted_at) WHERE noted_at > 0",
];

export interface SaidAt extends Said {
  /** Of its operation. */
  readonly position: number;
}

type Row = { readonly [column: string]: unknown };

export function createNotes(sql: Sql): void {
  for (const statement of SCHEMA) sql.exec(statement);
}

/** An operation was put at this position. Nothing was called after it came, whatever clocks say. */
export function noteWaiting(
  sql: Sql,
  position: number,
  operation: Operation | undefined,
  atMs: number,
): void {
  const said = operation && saidBy(operation, atMs);
  if (said) sql.exec("INSERT INTO whisperr_said VALUES (?, ?, ?, 0, '')", position, said.user, said.saidAtMs);
}

/** The operation at this position is gone, whatever became of it. What it said; undefined of an event. */
export function takeWaiting(
  sql: Sql,
  position: number,
  operation: Operation | undefined,
): SaidAt | undefined {
  if (operation?.kind !== "identify") return undefined;
  const [row] = sql.exec("SELECT user, said_at FROM whisperr_said WHERE position = ?", position);
  sql.exec("DELETE FROM whisperr_said WHERE position = ?", position);
  const { user, said_at } = Object(row) as Row;
  // One that an earlier version has stored: it was here before all others.
  return row
    ? { user: `${user}`, saidAtMs: Number(said_at), body: operation.body, position }
    : saidOf(operation, position);
}

function saidOf(operation: Operation, position: number): SaidAt | undefined {
  const said = saidBy(operation, 0);
  return said && { ...said, position };
}

/** It was delivered. Returns what is to be said again, in this order. */
export function noteDelivered(sql: Sql, one: SaidAt, nowMs: number): readonly Said[] {
  forgetOld(sql, nowMs);
  const { user } = one;
  sql.exec("DELETE FROM whisperr_said WHERE position <= ? AND noted_at > 0", one.position - MAX_BEHIND);
  const rows = [
    ...sql.exec(
      "SELECT said_at, noted_at, body FROM whisperr_said WHERE user = ? ORDER BY said_at DESC",
      user,
    ),
  ] as Row[];
  const saidIn = (isNoted: boolean): SaidAt[] =>
    rows
      .filter(({ noted_at }) => Number(noted_at) > 0 === isNoted)
      .map(({ said_at, body }) => ({ user, saidAtMs: Number(said_at), body: `${body}`, position: 0 }));
  const known = saidIn(true);
  const { noted, again } = consequencesOf({
    settled: [one],
    known,
    waiting: saidIn(false),
    mayBeOlder: true,
  });
  // What is delivered once more is noted once; and of one user no more than can be said again.
  const endMs = known[MAX_AGAIN - 1]?.saidAtMs ?? -1;
  const its = "DELETE FROM whisperr_said WHERE user = ? AND noted_at > 0 AND ";
  sql.exec(`${its}(said_at = ? OR said_at <= ?)`, user, one.saidAtMs, endMs);
  for (const { saidAtMs, body, position } of noted)
    sql.exec("INSERT INTO whisperr_said VALUES (?, ?, ?, ?, ?)", position, user, saidAtMs, nowMs, body);
  return again;
}

export function forgetOld(sql: Sql, nowMs: number): void {
  sql.exec("DELETE FROM whisperr_said WHERE noted_at > 0 AND noted_at <= ?", nowMs - KEPT_MS);
}

/** When the first note is old enough to go, wall-clock ms since 1970; null when there is none. */
export function notesEndMs(sql: Sql): number | null {
  const [row] = sql.exec(
    "SELECT noted_at FROM whisperr_said WHERE noted_at > 0 ORDER BY noted_at LIMIT 1",
  ) as Iterable<Row>;
  return row ? Number(row.noted_at) + KEPT_MS : null;
}
