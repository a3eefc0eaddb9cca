/**
 * The operations of one Durable Object, in its SQLite: in the order they came, each once, removed when they are settled.
 * Every method is synchronous, so what one call writes is kept as a whole or not at all.
 */

import type { Place } from "../../hand-over/place.ts";
import type { TransactionalSql } from "../bindings.ts";

/** An operation as it was handed over: its place, and its JSON text. */
export interface HandedOver extends Place {
  readonly text: string;
}

export interface StoredRow {
  /** 1, 2, 3 … in the order of arrival. */
  readonly position: number;
  readonly text: string;
}

/** What outlives a restart, beside the operations. */
export interface Waiting {
  /** Attempts in a row that failed. */
  readonly failures: number;
  /** Wall-clock ms since 1970 before which nothing is sent: a backoff, or what the server asked for. */
  readonly notBeforeMs: number;
}

export interface DurableStore {
  /** Operations kept. */
  readonly size: number;
  /** When the oldest of them came, wall-clock ms since 1970; undefined when there is none. */
  readonly oldestAtMs: number | undefined;
  /** Keeps, in this order, those that never came before. */
  add(operations: readonly HandedOver[], nowMs: number): void;
  /** The oldest, up to `limit` of them and about `maxLength` characters; at least one if there is one. */
  front(limit: number, maxLength: number): StoredRow[];
  remove(position: number): void;
  /** Takes out the oldest `count` behind `position`, and says what they were. */
  evict(count: number, position: number): StoredRow[];
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

export function createDurableStore(storage: TransactionalSql): DurableStore {
  const { sql } = storage;
  const rows = (query: string, ...bindings: (string | number)[]) =>
    [...sql.exec(query, ...bindings)] as Row[];
  /** Named by a text: a build shortens names of properties. */
  const column = (name: string, query: string, ...bindings: (string | number)[]) =>
    rows(query, ...bindings)[0]?.[name] as number | undefined;

  for (const table of SCHEMA) sql.exec(table);
  let size = column("count", "SELECT COUNT(*) AS count FROM whisperr_operations") ?? 0;

  function lastNumber(client: string): number {
    return column("number", "SELECT number FROM whisperr_clients WHERE client = ?", client) ?? 0;
  }

  /** How many were added. */
  function insert(operations: readonly HandedOver[], nowMs: number): number {
    const numbers = new Map<string, number>();
    let added = 0;
    for (const { client, number, text } of operations) {
      if (number <= (numbers.get(client) ?? lastNumber(client))) continue;
      sql.exec("INSERT INTO whisperr_operations (at_ms, operation) VALUES (?, ?)", nowMs, text);
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

  function select(position: number, limit: number): Iterable<StoredRow> {
    const query =
      "SELECT position, operation AS text FROM whisperr_operations WHERE position > ? ORDER BY position LIMIT ?";
    return sql.exec(query, position, limit) as Iterable<StoredRow>;
  }

  function remove(position: number): void {
    sql.exec("DELETE FROM whisperr_operations WHERE position = ?", position);
    size--;
  }

  return {
    get size() {
      return size;
    },
    get oldestAtMs() {
      return column("at_ms", "SELECT at_ms FROM whisperr_operations ORDER BY position LIMIT 1");
    },
    add(operations, nowMs) {
      size += storage.transactionSync(() => insert(operations, nowMs));
    },
    front(limit, maxLength) {
      const front: StoredRow[] = [];
      let length = 0;
      for (const row of select(0, limit)) {
        length += row.text.length;
        if (front.length > 0 && length > maxLength) break;
        front.push(row);
      }
      return front;
    },
    remove,
    evict(count, position) {
      const evicted = [...select(position, count)];
      for (const row of evicted) remove(row.position);
      return evicted;
    },
    get waiting() {
      return {
        failures: column("failures", "SELECT failures FROM whisperr_waiting") ?? 0,
        notBeforeMs: column("not_before_ms", "SELECT not_before_ms FROM whisperr_waiting") ?? 0,
      };
    },
    set waiting({ failures, notBeforeMs }) {
      sql.exec(
        "REPLACE INTO whisperr_waiting (id, failures, not_before_ms) VALUES (1, ?, ?)",
        failures,
        notBeforeMs,
      );
    },
  };
}
