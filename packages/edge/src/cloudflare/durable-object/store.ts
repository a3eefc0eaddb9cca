/**
 * The operations of one Durable Object, in its SQLite: in the order they came, each once, removed when they are settled.
 * What one call writes is kept as a whole or not at all.
 */

import { type Operation, type Outbox, parseOperation, type Said } from "@whisperr/core";
import type { Place } from "../../hand-over/place.ts";
import type { TransactionalSql } from "../bindings.ts";
import {
  createNotes,
  forgetOld,
  noteDelivered,
  notesEndMs,
  noteWaiting,
  type SaidAt,
  takeWaiting,
} from "./said.ts";

/** An operation as it was handed over: its place, and its JSON text. */
export interface HandedOver extends Place {
  readonly text: string;
}

interface StoredOperation {
  /** 1, 2, 3 … in the order of arrival. */
  readonly position: number;
  /** Undefined when it cannot be read. */
  readonly operation: Operation | undefined;
}

/** What outlives a restart, beside the operations. */
export interface Waiting {
  /** Attempts in a row that failed. */
  readonly failures: number;
  /** Wall-clock ms since 1970 before which nothing is sent: a backoff, or what the server asked for. */
  readonly notBeforeMs: number;
}

/** The outbox of core's client. */
export interface DurableStore extends Outbox {
  /** Keeps, in this order, those that never came before; how many these are. */
  add(operations: readonly HandedOver[], nowMs: number): number;
  /** It was removed for it was delivered: how many are said again, and stand at the end once they are let in. */
  delivered(operation: Operation, nowMs: number): number;
  /** They count from now on. */
  letIn(count: number): void;
  /** Forgets what was said too long ago. Returns when the next of it is, wall-clock ms since 1970; null when there is none. */
  forget(nowMs: number): number | null;
  /** Takes out what came since the last time and cannot be read; how many these are. */
  takeUnreadable(): number;
  waiting: Waiting;
}

/**
 * Clients whose last number is remembered, so that a hand-over that is repeated is known as such. A client repeats
 * within seconds; after so many other hand-overs, the API still knows an event by its message id.
 */
const MAX_CLIENTS = 10_000;

const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS whisperr_operations
     (position INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, operation TEXT NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS whisperr_clients
     (seen INTEGER PRIMARY KEY AUTOINCREMENT, client TEXT NOT NULL UNIQUE, number INTEGER NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS whisperr_waiting
     (id INTEGER PRIMARY KEY CHECK (id = 1), failures INTEGER NOT NULL, not_before_ms INTEGER NOT NULL)`,
];

type Row = { readonly [column: string]: unknown };
type Sql = TransactionalSql["sql"];

export function createDurableStore(storage: TransactionalSql): DurableStore {
  const { sql } = storage;
  for (const table of SCHEMA) sql.exec(table);
  createNotes(sql);
  let size = column(sql, "count", "SELECT COUNT(*) AS count FROM whisperr_operations") ?? 0;
  let waiting: Waiting = {
    failures: column(sql, "failures", "SELECT failures FROM whisperr_waiting") ?? 0,
    notBeforeMs: column(sql, "not_before_ms", "SELECT not_before_ms FROM whisperr_waiting") ?? 0,
  };
  /** The oldest, as far as they were read: a batch, and what is evicted. */
  const front: StoredOperation[] = [];
  /** What was removed, until it is known what became of it. */
  const removed = new WeakMap<Operation, SaidAt>();
  /** The last position that `takeUnreadable()` has seen. */
  let seen = 0;

  function at(index: number): Operation | undefined {
    while (front.length <= index) {
      const next = behind(sql, front.at(-1)?.position ?? 0);
      if (next === undefined) return undefined;
      front.push(next);
    }
    return front[index]?.operation;
  }

  return {
    get size() {
      return size;
    },
    append() {
      throw new Error("a Durable Object keeps what it is handed");
    },
    at,
    remove(offset, count) {
      at(offset + count - 1);
      const gone = front.slice(offset, offset + count);
      storage.transactionSync(() => {
        for (const { position, operation } of gone) {
          discard(sql, position);
          const said = takeWaiting(sql, position, operation);
          if (said && operation) removed.set(operation, said);
        }
      });
      front.splice(offset, count);
      size -= gone.length;
    },
    delivered(operation, nowMs) {
      const said = removed.get(operation);
      return said ? storage.transactionSync(() => putAgain(sql, noteDelivered(sql, said, nowMs), nowMs)) : 0;
    },
    letIn(count) {
      size += count;
    },
    forget(nowMs) {
      forgetOld(sql, nowMs);
      return notesEndMs(sql);
    },
    add(operations, nowMs) {
      const added = storage.transactionSync(() => insert(sql, operations, nowMs));
      size += added;
      return added;
    },
    takeUnreadable() {
      let count = 0;
      for (let next = behind(sql, seen); next; next = behind(sql, seen)) {
        seen = next.position;
        if (next.operation) continue;
        discard(sql, seen);
        size--;
        count++;
      }
      return count;
    },
    get waiting() {
      return waiting;
    },
    set waiting({ failures, notBeforeMs }) {
      if (failures === waiting.failures && notBeforeMs === waiting.notBeforeMs) return;
      waiting = { failures, notBeforeMs };
      sql.exec(
        "REPLACE INTO whisperr_waiting (id, failures, not_before_ms) VALUES (1, ?, ?)",
        failures,
        notBeforeMs,
      );
    },
  };
}

function rows(sql: Sql, query: string, ...bindings: (string | number)[]): Row[] {
  return [...sql.exec(query, ...bindings)] as Row[];
}

/** Named by a text: a build shortens names of properties. */
function column(sql: Sql, name: string, query: string, ...bindings: (string | number)[]): number | undefined {
  return rows(sql, query, ...bindings)[0]?.[name] as number | undefined;
}

/** The first operation behind `position`. */
function behind(sql: Sql, position: number): StoredOperation | undefined {
  const query =
    "SELECT position, operation FROM whisperr_operations WHERE position > ? ORDER BY position LIMIT 1";
  const [row] = rows(sql, query, position);
  return row && { position: Number(row.position), operation: parseOperation(`${row.operation}`) };
}

/** At the end. `saidAtMs`: when an `identify()` was called. */
function put(sql: Sql, nowMs: number, text: string, saidAtMs: number): void {
  sql.exec("INSERT INTO whisperr_operations (at_ms, operation) VALUES (?, ?)", nowMs, text);
  const position = column(sql, "position", "SELECT last_insert_rowid() AS position") ?? 0;
  // Most are events, and need not be read.
  if (text.includes('"identify"')) noteWaiting(sql, position, parseOperation(text), saidAtMs);
}

/** How many these are. */
function putAgain(sql: Sql, again: readonly Said[], nowMs: number): number {
  for (const { body, saidAtMs } of again)
    put(sql, nowMs, JSON.stringify({ kind: "identify", body }), saidAtMs);
  return again.length;
}

function discard(sql: Sql, position: number): void {
  sql.exec("DELETE FROM whisperr_operations WHERE position = ?", position);
}

/** How many were added. */
function insert(sql: Sql, operations: readonly HandedOver[], nowMs: number): number {
  const numbers = new Map<string, number>();
  let added = 0;
  for (const { client, number, atMs, text } of operations) {
    const query = "SELECT number FROM whisperr_clients WHERE client = ?";
    if (number <= (numbers.get(client) ?? column(sql, "number", query, client) ?? 0)) continue;
    put(sql, nowMs, text, Math.min(atMs, nowMs));
    numbers.set(client, number);
    added++;
  }
  for (const [client, number] of numbers)
    sql.exec("REPLACE INTO whisperr_clients (client, number) VALUES (?, ?)", client, number);
  sql.exec(
    "DELETE FROM whisperr_clients WHERE seen <= (SELECT MAX(seen) FROM whisperr_clients) - ?",
    MAX_CLIENTS,
  );
  return added;
}
