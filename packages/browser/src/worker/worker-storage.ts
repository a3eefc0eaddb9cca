/**
 * The storage of workers, which have no `localStorage`: everything stands in memory, as the queue needs it, and each change is
 * written to IndexedDB at once. What workers beside this one have written is read whenever it looks for those that have ended.
 */
import { type DurableCopy, openDurableCopy, STORE } from "../storage/durable.ts";
import { IDENTITY, OPT_OUT } from "../storage/keys.ts";
import type { Storage } from "../storage/storage.ts";

/** One for all API keys of the origin: they share an opt-out. */
export const DATABASE = "whisperr.worker";

export interface WorkerStorage {
  readonly storage: Storage;
  /** The same without a prefix. */
  readonly origin: Storage;
  /** Nobody has said who the visitor is, nor opted out. */
  isNew(): boolean;
  /** Workers that start at once have one visitor: this one, unless another one was first. Rejects where nothing can be written. */
  agree(visitor: string): Promise<void>;
  /** Resolves when every change made before the call was written, or refused. */
  saved(): Promise<void>;
  close(): void;
}

/** What the client is told, once it has its storage. */
export interface WorkerStorageEvents {
  /** Another worker has said who the user is. */
  identityChanged(text: string | null): void;
  /** IndexedDB has refused a change. It stands in memory, and is written again later. */
  failed(): void;
}

/** What is known of the database, and what it does not know yet. */
interface Texts {
  readonly copy: DurableCopy;
  readonly known: Map<string, string>;
  /** Changes that are on their way. */
  readonly unwritten: Map<string, Promise<void>>;
  readonly refused: Set<string>;
  /** What has changed since the last look began. */
  readonly touched: Set<string>;
  readonly written: (key: string, text: string | null) => void;
  readonly failed: () => void;
}

/** Rejects where IndexedDB is blocked. */
export async function openWorkerStorage(prefix: string, events: WorkerStorageEvents): Promise<WorkerStorage> {
  const copy = await openDurableCopy(DATABASE);
  const channel = typeof BroadcastChannel === "function" ? new BroadcastChannel(DATABASE) : undefined;
  const texts: Texts = {
    copy,
    known: new Map(),
    unwritten: new Map(),
    refused: new Set(),
    touched: new Set(),
    written(key, text) {
      if (key === prefix + IDENTITY || key === OPT_OUT) channel?.postMessage([key, text]);
    },
    failed: events.failed,
  };
  channel?.addEventListener("message", ({ data: [key, text] }: MessageEvent<[string, string | null]>) => {
    texts.touched.add(key);
    keep(texts, key, text);
    if (key === prefix + IDENTITY) events.identityChanged(text);
  });
  /** One look after the other: what changes meanwhile is noted for one of them. */
  let looks = look(texts);
  await looks;
  async function lookAgain(): Promise<void> {
    looks = looks.then(() => look(texts)).catch(() => {});
    await looks;
  }
  return {
    storage: {
      ...storageUnder(texts, prefix),
      async backup() {
        await lookAgain();
        // There is nothing beside what the storage itself says now.
        return undefined;
      },
    },
    origin: storageUnder(texts, ""),
    isNew: () => [prefix + IDENTITY, OPT_OUT].every((key) => !texts.known.has(key)),
    async agree(visitor) {
      await add(copy, prefix + IDENTITY, visitor);
      await lookAgain();
    },
    async saved() {
      writeAgain(texts);
      await Promise.all([...texts.unwritten.values()].map((one) => one.catch(() => {})));
    },
    close: () => channel?.close(),
  };
}

/** Unless there is one already, whoever has written it: one transaction comes after the other. */
function add({ database }: DurableCopy, key: string, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, "readwrite");
    const records = transaction.objectStore(STORE);
    const there = records.get(key);
    there.onsuccess = () => {
      if (there.result === undefined) records.put(text, key);
      transaction.commit?.();
    };
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

const storageUnder = (texts: Texts, prefix: string): Storage => ({
  keys: () =>
    [...texts.known.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length)),
  get: (key) => texts.known.get(prefix + key) ?? null,
  set(key, text) {
    change(texts, prefix + key, text);
    return true;
  },
  remove(key) {
    if (texts.known.has(prefix + key)) change(texts, prefix + key, null);
  },
});

function change(texts: Texts, key: string, text: string | null): void {
  texts.refused.delete(key);
  keep(texts, key, text);
  write(texts, key);
}

function keep({ known }: Texts, key: string, text: string | null): void {
  if (text === null) known.delete(key);
  else known.set(key, text);
}

function write(texts: Texts, key: string): void {
  const { copy, known, unwritten, refused, touched } = texts;
  const text = known.get(key);
  const writing = text === undefined ? copy.remove(key) : copy.set(key, text);
  touched.add(key);
  unwritten.set(key, writing);
  /** Where it was changed again meanwhile, that one counts. */
  const isLast = () => unwritten.get(key) === writing && unwritten.delete(key);
  writing.then(
    () => isLast() && texts.written(key, known.get(key) ?? null),
    () => {
      if (!isLast()) return;
      refused.add(key);
      texts.failed();
    },
  );
}

function writeAgain(texts: Texts): void {
  const keys = [...texts.refused];
  texts.refused.clear();
  for (const key of keys) write(texts, key);
}

/** Reads what stands in the database, but for what it does not know yet. */
async function look(texts: Texts): Promise<void> {
  const { copy, known, unwritten, refused, touched } = texts;
  writeAgain(texts);
  touched.clear();
  for (const key of unwritten.keys()) touched.add(key);
  const found = await copy.all();
  const isOpen = (key: string) => touched.has(key) || refused.has(key);
  for (const key of [...known.keys()]) if (!found.has(key) && !isOpen(key)) known.delete(key);
  for (const [key, text] of found) if (!isOpen(key)) known.set(key, text);
}
