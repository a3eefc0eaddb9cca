/** The queue of one process: what is in memory, and what of it the file does not know yet. */
import type { Client, QueuedOperation, Said, Timers } from "@whisperr/core";
import type { OpenSqlite, SqliteDatabase } from "./database.ts";
import type { Store } from "./store.ts";

export interface Entry {
  readonly number: number;
  readonly operation: QueuedOperation;
  /** What it says of a user; undefined for an event. */
  readonly said: Said | undefined;
  isStored: boolean;
}

export interface SqliteQueue {
  readonly file: string;
  readonly open: OpenSqlite;
  /** The app has it open too, by this, and may read what looks broken from here, as an encrypted one does. */
  readonly apps: SqliteDatabase | undefined;
  readonly timers: Timers;
  /** Undefined as long as the file cannot be opened. */
  store: Store | undefined;
  /** Oldest first. */
  readonly entries: Entry[];
  /** The number of the next entry. */
  next: number;
  /** What is settled and still in the file: from the first number to the last. */
  settled: [first: number, last: number][];
  /** What is settled, and may have others as its consequence. */
  said: Said[];
  /** When the last call was, in ms since 1970. */
  saidAtMs: number;
  /** What came by no call: said again, or taken over late. It is not in `entries` before the call that found it out has returned. */
  again: Entry[];
  /** Undefined until it is made. */
  client: Client | undefined;
  /** What others have left is still to be taken over. */
  takesOver: boolean;
  /** The file has not heard of everything. */
  isBehind: boolean;
  /** The console has heard of it. */
  isTold: boolean;
  /** The timer of the next try. */
  retry: unknown;
  /** When the file is asked again, and whether it is still there, in ms since 1970. */
  checkAtMs: number;
}

export function newEntry(queue: SqliteQueue, operation: QueuedOperation, said: Said | undefined): Entry {
  return { number: queue.next++, operation, said, isStored: false };
}

/** What is said again, of somebody of whom something older was delivered late. */
export function repeated(queue: SqliteQueue, said: Said): Entry {
  return newEntry(queue, { kind: "identify", body: said.body } as QueuedOperation, said);
}
