/** An IndexedDB for unit tests: one store, in memory, that answers in microtasks, never, or by refusing what is written. */

export interface FakeIndexedDb {
  readonly records: Map<string, string>;
  /** What every write is answered with. */
  failure: Error | undefined;
  /** Nothing is answered until it is over. */
  gate: Promise<void>;
  readonly indexedDB: { open(): object };
}

type Listener = () => void;

export function fakeIndexedDb(records = new Map<string, string>()): FakeIndexedDb {
  const fake: FakeIndexedDb = {
    records,
    failure: undefined,
    gate: Promise.resolve(),
    indexedDB: { open: () => later(fake, () => database) },
  };
  const database = {
    close() {},
    transaction() {
      const work: Listener[] = [];
      const transaction = {
        oncomplete: () => {},
        onabort: () => {},
        error: undefined as Error | undefined,
        objectStore: () => ({
          put: (text: string, key: string) => work.push(() => records.set(key, text)),
          delete: (key: string) => work.push(() => records.delete(key)),
          get: (key: string) => later(fake, () => records.get(key)),
          getAllKeys: () => later(fake, () => [...records.keys()]),
          getAll: () => later(fake, () => [...records.values()]),
        }),
        commit: () =>
          void fake.gate.then(() => {
            transaction.error = fake.failure;
            if (fake.failure) return transaction.onabort();
            for (const one of work) one();
            transaction.oncomplete();
          }),
      };
      return transaction;
    },
  };
  return fake;
}

function later<T>({ gate }: FakeIndexedDb, find: () => T) {
  const request = { result: undefined as T | undefined, onsuccess: () => {}, onerror: () => {} };
  // No page has a say in how a browser waits: nothing that a test breaks is called.
  const answer = async () => {
    await gate;
    request.result = find();
    request.onsuccess();
  };
  void answer();
  return request;
}
