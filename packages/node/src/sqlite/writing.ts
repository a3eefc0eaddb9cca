/** When the file is written, and what becomes of the queue while it cannot be. */
import { arrived, withTime } from "@whisperr/core";
import { type Entry, repeated, type SqliteQueue } from "./queue.ts";
import { noteSettled } from "./said.ts";
import { closeStore, isGone, openStore, type Store, transaction } from "./store.ts";

/** Between two tries after a failure, and between two looks at whether the file is still there. */
export const CHECK_EVERY_MS = 1_000;

/** `change`: the latest, which is all there is to write unless the file is behind. */
export function write(queue: SqliteQueue, change: (store: Store) => void): void {
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
  if (again.length === 0) return;
  if (queue.again.length === 0) queueMicrotask(() => sayAgain(queue));
  queue.again.push(...again);
}

function consequences(queue: SqliteQueue, store: Store): Entry[] {
  const waiting = [...queue.entries, ...queue.again].flatMap((entry) => entry.said ?? []);
  return noteSettled(store.notes, store.queue, queue.said, waiting).map((said) => repeated(queue, said));
}

/** They keep their time among the others, and are not calls of the app's. */
function sayAgain(queue: SqliteQueue): void {
  const { again, client } = queue;
  queue.again = [];
  queue.entries.push(...again);
  if (client) arrived(client, again.length);
}

export function insert(store: Store, { number, operation, said }: Entry): void {
  store.insert.run(
    store.queue,
    number,
    JSON.stringify(said ? withTime(operation, said.saidAtMs) : operation),
  );
}

export function failed(queue: SqliteQueue, error: unknown): void {
  queue.checkAtMs = Date.now() + CHECK_EVERY_MS;
  if (!queue.isBehind)
    console.warn(
      `[whisperr] ${queue.file} cannot be written (${wordsOf(error)}). Events wait in memory until it can.`,
    );
  queue.isBehind = true;
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
