/**
 * A copy of the stored records in IndexedDB. localStorage reaches the disk seconds late, so a killed browser loses the
 * latest records; IndexedDB writes within milliseconds, but cancels what is under way when the page ends. Together they
 * lose neither.
 */
export interface DurableCopy {
  set(key: string, text: string): void;
  remove(key: string): void;
  /** Everything there is; what was set before is in it. */
  all(): Promise<ReadonlyMap<string, string>>;
}

const STORE = "records";

/** Rejects where IndexedDB is blocked. */
export async function openDurableCopy(name: string): Promise<DurableCopy> {
  const database = await open(name);
  // What changed since the last transaction began; `null`: removed.
  let changes = new Map<string, string | null>();
  let writing: Promise<void> | undefined;

  function change(key: string, text: string | null): void {
    changes.set(key, text);
    writing ??= writeAll().finally(() => {
      writing = undefined;
    });
  }

  async function writeAll(): Promise<void> {
    // Calls of one turn share a transaction.
    await undefined;
    while (changes.size > 0) {
      const batch = changes;
      changes = new Map();
      await write(batch).catch(() => {});
    }
  }

  function write(batch: ReadonlyMap<string, string | null>): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, "readwrite", { durability: "relaxed" });
      const records = transaction.objectStore(STORE);
      for (const [key, text] of batch) {
        if (text === null) records.delete(key);
        else records.put(text, key);
      }
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
      transaction.commit();
    });
  }

  return {
    set: (key, text) => change(key, text),
    remove: (key) => change(key, null),
    async all() {
      await writing;
      const records = database.transaction(STORE).objectStore(STORE);
      const [keys, texts] = await Promise.all([result(records.getAllKeys()), result(records.getAll())]);
      return new Map(keys.map((key, index) => [String(key), String(texts[index])]));
    },
  };
}

async function open(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  const database = await result(request);
  // Another page wants to delete it or needs a newer version: being in its way helps nobody.
  database.onversionchange = () => database.close();
  return database;
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
