/** The outbox that outlives its process: what is in memory is in the file too, before `track()` returns. */
import { resolve } from "node:path";
import {
  type AppOutbox,
  arrived,
  type Client,
  callTime,
  parseOperation,
  type QueuedOperation,
  type Said,
  type SharedOutbox,
  saidBy,
  sharing,
  timeIn,
  withTime,
} from "@whisperr/core";
import { kindOf, type OpenSqlite, platformSqlite, type SqliteDatabase } from "./database.ts";
import { newerThan, noteSettled } from "./said.ts";
import {
  closeStore,
  IN_MEMORY,
  isCorrupt,
  isGone,
  moveAside,
  openStore,
  type Store,
  transaction,
} from "./store.ts";

/** What `sqliteOutbox()` can be told. */
export interface SqliteOutboxOptions {
  /** An open database of the app's, for Node.js 18 and 20: one of `better-sqlite3`, or one that works like it. */
  readonly database: SqliteDatabase;
}

interface Entry {
  readonly number: number;
  readonly operation: QueuedOperation;
  /** What it says of a user; undefined for an event. */
  readonly said: Said | undefined;
  isStored: boolean;
}

interface SqliteQueue {
  readonly file: string;
  readonly open: OpenSqlite;
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
  /** Stored, to be said again, and not in `entries` before the call that found them out has returned. */
  again: Entry[];
  /** Undefined until it is made. */
  client: Client | undefined;
  /** The file has not heard of everything. */
  isBehind: boolean;
  /** When the file is asked again, and whether it is still there, in ms since 1970. */
  checkAtMs: number;
}

/** Between two tries after a failure, and between two looks at whether the file is still there. */
const CHECK_EVERY_MS = 1_000;

/** What is settled while the file fails for long is not remembered without end. */
const MAX_SAID = 1_000;

/**
 * Makes an outbox in a SQLite file: what `track()` and `identify()` record outlives the process, `kill -9` included. Each process that
 * uses the file has a queue of its own in it; the next process that starts takes over what those left that are gone, whole and in order.
 * What was delivered is never sent again by a later process; what may have arrived is sent again with the same id.
 *
 * Where the file fails (a full disk, no permission, another process that writes for seconds), the queue goes on in memory and
 * the console says so once; it is written as soon as that works again. A broken file is put aside under another name and never deleted.
 *
 * A computer that loses its power may lose the last moments: the system had them, its disk did not.
 *
 * @throws Error where this runtime has no SQLite: Node.js before 22.13, without `database`.
 *
 * @example
 * const whisperr = createWhisperr({ outbox: sqliteOutbox("whisperr.db") });
 */
export function sqliteOutbox(file: string | SqliteOutboxOptions): AppOutbox {
  const given = typeof file === "string" ? undefined : file?.database;
  if (typeof file === "string" ? file === "" : typeof given?.prepare !== "function")
    throw new Error(
      'Whisperr: sqliteOutbox() takes the name of a file, sqliteOutbox("whisperr.db"), or an open database, sqliteOutbox({ database }).',
    );
  // A connection of its own, where there is a file: an event must not go when the app rolls back what it was doing.
  const kind =
    given === undefined ? { file: resolve(file as string), open: platformSqlite() } : kindOf(given);
  const queue: SqliteQueue = {
    file: kind?.file ?? IN_MEMORY,
    open: kind?.open ?? (() => given as SqliteDatabase),
    store: undefined,
    entries: [],
    next: 0,
    settled: [],
    said: [],
    saidAtMs: 0,
    again: [],
    client: undefined,
    isBehind: false,
    checkAtMs: 0,
  };
  start(queue);
  return createOutbox(queue);
}

function createOutbox(queue: SqliteQueue): AppOutbox {
  const outbox: SharedOutbox = {
    get size() {
      return queue.entries.length;
    },
    append: (operation) => append(queue, operation),
    at: (index) => queue.entries[index]?.operation,
    remove: (offset, count) => remove(queue, offset, count),
    [sharing]: {
      join(client) {
        queue.client = client;
      },
      // What is in the queue nobody else has: its lock is held for as long as the process lives.
      maySend: () => true,
    },
  };
  return outbox;
}

/** What others have left can be taken over now only: later the client counts on what it has. */
function start(queue: SqliteQueue): void {
  try {
    takeOver(queue);
  } catch (error) {
    if (!isCorrupt(error)) return failed(queue, error);
    try {
      const aside = moveAside(queue.file);
      console.warn(
        `[whisperr] ${queue.file} is broken (${wordsOf(error)}). It is kept as ${aside}, and a new one begins.`,
      );
      takeOver(queue);
    } catch (other) {
      failed(queue, other);
    }
  }
}

function takeOver(queue: SqliteQueue): void {
  const { store, rows } = openStore(queue.file, queue.open, true);
  queue.store = store;
  queue.checkAtMs = Date.now() + CHECK_EVERY_MS;
  queue.next = rows.length;
  for (const { number, operation } of rows) {
    const parsed = parseOperation(operation);
    // What is no operation any more is of no use to anybody.
    if (parsed === undefined) {
      queue.settled.push([number, number]);
      continue;
    }
    // One of an earlier version does not say when it was called: before all that do.
    const { saidAtMs: _time, ...stored } = parsed as QueuedOperation & { readonly saidAtMs?: number };
    const saidAtMs = timeIn(parsed) ?? 0;
    queue.entries.push({ number, operation: stored, said: saidBy(stored, saidAtMs), isStored: true });
    queue.saidAtMs = Math.max(queue.saidAtMs, saidAtMs);
  }
  // Behind what was taken over, and not once that is settled: this process may be about to end by then.
  const old = queue.entries.flatMap(({ said }) => said ?? []);
  for (const said of newerThan(store.notes, old)) queue.entries.push(repeated(queue, said));
  if (queue.settled.length > 0 || queue.next > rows.length) write(queue, () => catchUp(queue));
}

function append(queue: SqliteQueue, operation: QueuedOperation): void {
  if (operation.kind === "identify") queue.saidAtMs = callTime(queue.saidAtMs, Date.now());
  const entry = newEntry(queue, operation, saidBy(operation, queue.saidAtMs));
  queue.entries.push(entry);
  write(queue, (store) => {
    insert(store, entry);
    entry.isStored = true;
  });
}

function newEntry(queue: SqliteQueue, operation: QueuedOperation, said: Said | undefined): Entry {
  return { number: queue.next++, operation, said, isStored: false };
}

function remove(queue: SqliteQueue, offset: number, count: number): void {
  const { settled, said } = queue;
  for (const entry of queue.entries.splice(offset, count)) {
    if (entry.said && said.push(entry.said) > MAX_SAID) said.shift();
    if (!entry.isStored) continue;
    const last = settled.at(-1);
    // Numbers are not always in the order of the queue: those between two of them may be of others.
    if (last?.[1] === entry.number - 1) last[1] = entry.number;
    else settled.push([entry.number, entry.number]);
  }
  if (settled.length + said.length === 0) return;
  write(queue, (store) => {
    const [only, ...more] = settled;
    if (only === undefined || more.length + said.length > 0) return catchUp(queue);
    store.remove.run(store.queue, ...only);
    queue.settled = [];
  });
}

/** `change`: the latest, which is all there is to write unless the file is behind. */
function write(queue: SqliteQueue, change: (store: Store) => void): void {
  const leftMs = queue.checkAtMs - Date.now();
  // A clock that was set back keeps nothing waiting.
  const isDue = leftMs <= 0 || leftMs > CHECK_EVERY_MS;
  if (!isDue && queue.isBehind) return;
  try {
    if (isDue) check(queue);
    if (queue.isBehind) catchUp(queue);
    else change(queue.store as Store);
  } catch (error) {
    failed(queue, error);
  }
}

/** Once in a while: a file that was deleted is made anew, and one that could not be opened is tried again. */
function check(queue: SqliteQueue): void {
  queue.checkAtMs = Date.now() + CHECK_EVERY_MS;
  if (queue.store !== undefined && isGone(queue.store)) {
    closeStore(queue.store);
    queue.store = undefined;
    queue.settled = [];
    for (const entry of [...queue.entries, ...queue.again]) entry.isStored = false;
  }
  if (queue.store !== undefined) return;
  queue.store = openStore(queue.file, queue.open, false).store;
  queue.isBehind = true;
}

function catchUp(queue: SqliteQueue): void {
  const { store, entries, settled, said } = queue;
  if (store === undefined) return;
  const unstored = [...entries, ...queue.again].filter(({ isStored }) => !isStored);
  const again: Entry[] = [];
  transaction(store.database, () => {
    for (const [first, last] of settled) store.remove.run(store.queue, first, last);
    for (const entry of unstored) insert(store, entry);
    // They are stored before what they follow is out of the file: the process may be killed at any moment.
    if (said.length > 0) again.push(...consequences(queue, store));
    for (const entry of again) insert(store, entry);
  });
  for (const entry of [...unstored, ...again]) entry.isStored = true;
  queue.settled = [];
  queue.said = [];
  queue.isBehind = false;
  if (again.length === 0) return;
  if (queue.again.length === 0) queueMicrotask(() => sayAgain(queue));
  queue.again.push(...again);
}

function consequences(queue: SqliteQueue, store: Store): Entry[] {
  const waiting = [...queue.entries, ...queue.again].flatMap((entry) => entry.said ?? []);
  return noteSettled(store.notes, store.queue, queue.said, waiting).map((said) => repeated(queue, said));
}

function repeated(queue: SqliteQueue, said: Said): Entry {
  return newEntry(queue, { kind: "identify", body: said.body } as QueuedOperation, said);
}

/** They keep their time among the others, and are not calls of the app's. */
function sayAgain(queue: SqliteQueue): void {
  const { again, client } = queue;
  queue.again = [];
  queue.entries.push(...again);
  if (client) arrived(client, again.length);
}

function insert(store: Store, { number, operation, said }: Entry): void {
  store.insert.run(
    store.queue,
    number,
    JSON.stringify(said ? withTime(operation, said.saidAtMs) : operation),
  );
}

function failed(queue: SqliteQueue, error: unknown): void {
  queue.checkAtMs = Date.now() + CHECK_EVERY_MS;
  if (!queue.isBehind)
    console.warn(
      `[whisperr] ${queue.file} cannot be written (${wordsOf(error)}). Events wait in memory until it can.`,
    );
  queue.isBehind = true;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
