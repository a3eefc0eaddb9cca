/** For unit tests: the globals of a worker, with an IndexedDB of its own. `vi.unstubAllGlobals()` takes them away. */
import { vi } from "vitest";
import { type FakeIndexedDb, fakeIndexedDb } from "./fake-indexed-db.ts";

/** Web Locks of one worker. */
const locks = {
  request: async (name: string, _how: object, granted: (lock: object) => unknown) => granted({ name }),
};

export function fakeWorker(): FakeIndexedDb {
  const database = fakeIndexedDb();
  vi.stubGlobal("indexedDB", database.indexedDB);
  vi.stubGlobal("navigator", { language: "en", locks, product: "Gecko" });
  vi.stubGlobal("BroadcastChannel", undefined);
  vi.stubGlobal("addEventListener", () => {});
  vi.stubGlobal("removeEventListener", () => {});
  vi.stubGlobal(Symbol.for("whisperr.browser") as unknown as string, undefined);
  return database;
}
