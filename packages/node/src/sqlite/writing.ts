/** When the file is written, and what becomes of the queue while it cannot be. */
import { arrived, withTime } from "@whisperr/core";
import { say } from "../say.ts";
import { isInTransaction } from "./database.ts";
import { type Entry, repeated, type SqliteQueue } from "./queue.ts";
import { noteSettled } from "./said.ts";
import { BUSY_MS, closeStore, isGone, openStore, type Store, transaction } from "./store.ts";
import { takeOver } from "./takeover.ts";

/** Between two tries after a failure, and between two looks at whether the file is still there. */
export const CHECK_EVERY_MS = 1_000;

/** `change`: the latest, which is all there is to write unless the file is behind. `mayWaitMs`: for others that write. */
export function write(queue: SqliteQueue, change: (store: Store) => void, mayWaitMs = BUSY_MS): void {
  const leftMs = queue.checkAtMs - Date.now();
  // A clock that was set back keeps nothing waiting.
  const isDue = leftMs <= 0 || leftMs > CHECK_EVERY_MS;
  if (!isDue && queue.isBehind) return;
  // What the app itself is doing to the file is not over before this call is.
  const isInside = isInTransaction(queue.apps);
  const busyMs = isInside ? 0 : mayWaitMs;
  if (busyMs === 0) waitFor(queue, 0);
  try {
    if (isDue) check(queue, busyMs);
    if (queue.isBehind) catchUp(queue);
    else change(queue.store as Store);
  } catch (error) {
    failed(queue, error, isInside);
  }
  if (busyMs === 0) waitFor(queue, BUSY_MS);
}

/** Once in a while: a file that was deleted is made anew, and one that could not be opened is tried again. */
function check(queue: SqliteQueue, busyMs: number): void {
  queue.checkAtMs = Date.now() + CHECK_EVERY_MS;
  if (queue.store !== undefined && isGone(queue.store)) {
    closeStore(queue.store);
    queue.store = undefined;
    queue.settled = [];
    for (const entry of [...queue.entries, ...queue.again]) entry.isStored = false;
  }
  if (queue.store !== undefined) return;
  if (queue.takesOver) addLater(queue, takeOver(queue, busyMs));
  else queue.store = openStore(queue.file, queue.open, busyMs).store;
  queue.isBehind = true;
}

export function catchUp(queue: SqliteQueue): void {
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
  if (queue.isTold) say(`${queue.file} can be written again: it has what waited in memory.`);
  queue.isTold = false;
  addLater(queue, again);
}

function addLater(queue: SqliteQueue, entries: readonly Entry[]): void {
  if (entries.length === 0) return;
  if (queue.again.length === 0) queueMicrotask(() => addNow(queue));
  for (const entry of entries) queue.again.push(entry);
}

function consequences(queue: SqliteQueue, store: Store): Entry[] {
  const waiting = [...queue.entries, ...queue.again].flatMap((entry) => entry.said ?? []);
  return noteSettled(store.notes, store.queue, queue.said, waiting).map((said) => repeated(queue, said));
}

/** They keep their time among the others, and are not calls of the app's. */
function addNow(queue: SqliteQueue): void {
  const { again, client } = queue;
  queue.again = [];
  for (const entry of again) queue.entries.push(entry);
  if (client) arrived(client, again.length);
}

export function insert(store: Store, { number, operation, said }: Entry): void {
  store.insert.run(
    store.queue,
    number,
    JSON.stringify(said ? withTime(operation, said.saidAtMs) : operation),
  );
}

/**
 * Tried again by itself, the first time when the call's own work is done: the file may be the app's, and what is in the way a
 * transaction of its own around this call.
 */
export function failed(queue: SqliteQueue, error: unknown, isUsual = false): void {
  queue.checkAtMs = Date.now() + CHECK_EVERY_MS;
  queue.retry ??= queue.timers.set(() => tryAgain(queue), queue.isBehind ? CHECK_EVERY_MS : 0);
  queue.isBehind = true;
  if (queue.isTold || isUsual) return;
  queue.isTold = true;
  say(`${queue.file} cannot be written (${wordsOf(error)}). Events wait in memory until it can.`);
}

function tryAgain(queue: SqliteQueue): void {
  queue.retry = undefined;
  queue.checkAtMs = 0;
  if (!queue.isBehind) return;
  // Nobody has called: what is in the way now is asked again in a second.
  write(queue, () => {}, 0);
}

function waitFor({ store }: SqliteQueue, busyMs: number): void {
  try {
    store?.database.exec(`PRAGMA busy_timeout = ${busyMs}`);
  } catch {
    // What is wrong with it the write says.
  }
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
