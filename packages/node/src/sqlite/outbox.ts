/** The outbox that outlives its process: what is in memory is in the file too, before `track()` returns. */
import { resolve } from "node:path";
import {
  type AppOutbox,
  arrived,
  type Client,
  callTime,
  checkOptionNames,
  mayHaveArrived,
  type Names,
  portsOfNow,
  type QueuedOperation,
  type SharedOutbox,
  saidBy,
  sharing,
  withdraw,
} from "@whisperr/core";
import { asyncHooks, timers } from "../process.ts";
import { say } from "../say.ts";
import { isInTransaction, kindOf, platformSqlite, type SqliteDatabase } from "./database.ts";
import { newEntry, type SqliteQueue } from "./queue.ts";
import { closeStore, IN_MEMORY, isCorrupt, moveAside, START_MS } from "./store.ts";
import { takeOver } from "./takeover.ts";
import { catchUp, failed, insert, wordsOf, write } from "./writing.ts";

/** What `sqliteOutbox()` can be told. */
export interface SqliteOutboxOptions {
  /** An open database of the app's, for Node.js 18 and 20: one of `better-sqlite3`, or one that works like it. */
  readonly database: SqliteDatabase;
}

const OPTION_NAMES: Names<SqliteOutboxOptions> = { database: true };

/** What is settled while the file fails for long is not remembered without end. */
const MAX_SAID = 1_000;

/**
 * Makes an outbox in a SQLite file: what `track()` and `identify()` record outlives the process, `kill -9` included. Each process that
 * uses the file has a queue of its own in it; the next process that starts takes over what those left that are gone, whole and in order.
 * What was delivered is never sent again by a later process; what may have arrived is sent again with the same id.
 *
 * Where the file fails (a full disk, no permission, another process that writes for seconds), the queue goes on in memory and
 * the console says so once; it is written as soon as that works again, which the console says too. A broken file is put aside under another name and never deleted;
 * that of a `database` stays where it is.
 *
 * A computer that loses its power may lose the last moments: the system had them, its disk did not.
 *
 * @throws Error where this runtime has no SQLite: Node.js before 22.13, without `database`; and for `":memory:"`, which is no file.
 *
 * @example
 * const whisperr = createWhisperr({ outbox: sqliteOutbox("whisperr.db") });
 */
export function sqliteOutbox(file: string | SqliteOutboxOptions): AppOutbox {
  const given = typeof file === "string" ? undefined : file?.database;
  // Else it would be the name of a file.
  if (file === ":memory:")
    throw new Error(
      'Whisperr: sqliteOutbox(":memory:") would outlive nothing. Name a file, sqliteOutbox("whisperr.db"), or leave the option outbox out.',
    );
  if (typeof file === "string" ? file === "" : typeof given?.prepare !== "function")
    throw new Error(
      'Whisperr: sqliteOutbox() takes the name of a file, sqliteOutbox("whisperr.db"), or an open database, sqliteOutbox({ database }).',
    );
  checkOptionNames(file, OPTION_NAMES, "sqliteOutbox()", console.warn);
  // A connection of its own, where there is a file: an event must not go when the app rolls back what it was doing.
  const kind =
    given === undefined ? { file: resolve(file as string), open: platformSqlite() } : kindOf(given);
  const queue: SqliteQueue = {
    file: kind?.file ?? IN_MEMORY,
    open: kind?.open ?? (() => given as SqliteDatabase),
    apps: given,
    timers: portsOfNow(asyncHooks(), timers).timers,
    store: undefined,
    entries: [],
    next: 0,
    settled: [],
    said: [],
    saidAtMs: 0,
    again: [],
    client: undefined,
    takesOver: true,
    isBehind: false,
    isTold: false,
    retry: undefined,
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
        const isAgain = queue.store === undefined && !queue.isBehind;
        queue.client = client;
        if (isAgain) comeBack(queue, client);
      },
      leave: () => leave(queue),
      unstored: () => unstored(queue),
      // What is in the queue nobody else has: its lock is held for as long as the process lives.
      maySend: () => true,
    },
  };
  return outbox;
}

function start(queue: SqliteQueue): void {
  // What the app itself is doing to the file is not over before this call is.
  const isInside = isInTransaction(queue.apps);
  const begin = () => {
    for (const entry of takeOver(queue, isInside ? 0 : START_MS)) queue.entries.push(entry);
  };
  try {
    begin();
  } catch (error) {
    if (!isCorrupt(error) || queue.apps) return failed(queue, error, isInside);
    try {
      const aside = moveAside(queue.file);
      say(`${queue.file} is broken (${wordsOf(error)}). It is kept as ${aside}, and a new one begins.`);
      begin();
    } catch (other) {
      return failed(queue, other);
    }
  }
  if (queue.settled.length > 0 || queue.entries.some(({ isStored }) => !isStored))
    write(queue, () => catchUp(queue));
}

/**
 * Its client has shut down, and its process may live for long: what is left is the next one's, in this process or in another. A queue
 * that the file does not have, and a database in memory, stay where they are.
 */
function leave(queue: SqliteQueue): void {
  queue.takesOver = false;
  queue.checkAtMs = 0;
  write(queue, () => catchUp(queue));
  const { store } = queue;
  if (queue.isBehind || store?.lock === undefined) return;
  closeStore(store);
  queue.store = undefined;
  queue.checkAtMs = 0;
}

/** The app has given the outbox of a client that has shut down to another one: what others have taken over meanwhile is theirs. */
function comeBack(queue: SqliteQueue, client: Client): void {
  while (queue.entries.shift()) withdraw(client, 0);
  queue.again = [];
  start(queue);
  arrived(client, queue.entries.length);
}

/** The process ends, and with it what only memory has. */
function unstored(queue: SqliteQueue): number {
  if (queue.file === IN_MEMORY) return queue.entries.length;
  if (!queue.isBehind) return 0;
  queue.takesOver = false;
  queue.checkAtMs = 0;
  write(queue, () => {});
  return [...queue.entries, ...queue.again].filter(({ isStored }) => !isStored).length;
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

function remove(queue: SqliteQueue, offset: number, count: number): void {
  const { settled, said, client } = queue;
  const hasArrived = mayHaveArrived(client);
  for (const entry of queue.entries.splice(offset, count)) {
    if (entry.said && hasArrived && said.push(entry.said) > MAX_SAID) said.shift();
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
