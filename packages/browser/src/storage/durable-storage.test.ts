import { afterEach, describe, expect, it, vi } from "vitest";
import { mirrored } from "./durable-storage.ts";
import type { Storage } from "./storage.ts";

/** A busy machine takes its time. */
const PATIENT = { timeout: 60_000 };

/** An IndexedDB with one store, whose transactions end when the test says so, well or not. */
function handDatabase(records: Map<string, string>) {
  const open: { commit(): void; abort(): void }[] = [];
  const later = <T>(result: T) => {
    const request = { result, onsuccess: () => {} };
    queueMicrotask(() => request.onsuccess());
    return request;
  };
  const database = {
    transaction() {
      const work: (() => void)[] = [];
      const transaction = {
        oncomplete: () => {},
        onabort: () => {},
        error: new Error("aborted"),
        commit() {},
      };
      open.push({
        commit: () => [...work, () => transaction.oncomplete()].forEach((one) => void one()),
        abort: () => transaction.onabort(),
      });
      return Object.assign(transaction, {
        objectStore: () => ({
          put: (text: string, key: string) => work.push(() => records.set(key, text)),
          delete: (key: string) => work.push(() => records.delete(key)),
          getAllKeys: () => later([...records.keys()]),
          getAll: () => later([...records.values()]),
        }),
      });
    },
  };
  return { open, indexedDB: { open: () => later(database) } };
}

/** An IndexedDB that never answers. */
function silentDatabase() {
  const open = vi.fn(() => ({}));
  vi.stubGlobal("indexedDB", { open });
  // Its code is loaded later: it must not meet the database of the next test.
  return { asked: () => vi.waitFor(() => expect(open).toHaveBeenCalled(), PATIENT) };
}

function inMemory(): Storage {
  const texts = new Map<string, string>();
  return {
    keys: () => [...texts.keys()],
    get: (key) => texts.get(key) ?? null,
    set: (key, text) => Boolean(texts.set(key, text)),
    remove: (key) => void texts.delete(key),
  };
}

const nothing: Storage = { keys: () => [], get: () => null, set: () => true, remove: () => {} };

/** Timers that run out when the test says so. */
function handTimers() {
  const armed = new Set<() => void>();
  return {
    armed,
    set(callback: () => void) {
      armed.add(callback);
      return callback;
    },
    clear: (handle: unknown) => void armed.delete(handle as () => void),
  };
}

describe("the copy in IndexedDB", () => {
  afterEach(() => void vi.unstubAllGlobals());

  it("is not waited for when it does not answer", async () => {
    const timers = handTimers();
    const silent = silentDatabase();
    const backup = mirrored(nothing, "test", timers).backup();
    for (const runOut of timers.armed) runOut();
    expect(await backup).toBeUndefined();
    await silent.asked();
  });

  it("is waited for once, and leaves nothing of what this page has written and delivered", async () => {
    const timers = handTimers();
    const silent = silentDatabase();
    const storage = inMemory();
    const copied = mirrored(storage, "test", timers);
    const backup = copied.backup();
    for (const runOut of timers.armed) runOut();
    await backup;
    timers.armed.clear();
    expect(await copied.backup()).toBeUndefined();
    expect(timers.armed.size).toBe(0);

    for (let n = 0; n < 100; n++) copied.set(`q.queue.${n}`, "an event");
    for (let n = 0; n < 100; n++) copied.remove(`q.queue.${n}`);
    expect(storage.keys()).toEqual([]);
    await silent.asked();
  });

  it("forgets an earlier page's record that was written anew and delivered before it was open", async () => {
    const records = new Map([["q.queue.000000", "of an earlier page"]]);
    const { open, indexedDB } = handDatabase(records);
    vi.stubGlobal("indexedDB", indexedDB);
    const storage = inMemory();
    storage.set("q.queue.000000", "of an earlier page");
    const copied = mirrored(storage, "test", handTimers());
    copied.set("q.queue.000000", "with a user, now");
    copied.remove("q.queue.000000");
    expect(storage.keys()).toEqual(["g.q.queue.000000"]);
    await vi.waitFor(() => expect(open).toHaveLength(1), PATIENT);
    open[0]?.commit();
    await vi.waitFor(() => expect(storage.keys()).toEqual([]), PATIENT);
    expect(records.size).toBe(0);
  });

  it("gets what was written and removed before it was open", async () => {
    const records = new Map([["q.queue.000000", "of an earlier page"]]);
    const { open, indexedDB } = handDatabase(records);
    vi.stubGlobal("indexedDB", indexedDB);
    const storage = inMemory();
    const copied = mirrored(storage, "test", handTimers());
    copied.set("q.queue.000001", "waits");
    copied.set("q.queue.000002", "delivered");
    copied.remove("q.queue.000002");
    copied.remove("q.queue.000000");
    await vi.waitFor(() => expect(open).toHaveLength(1), PATIENT);
    open[0]?.commit();
    await vi.waitFor(() => expect(storage.keys()).toEqual(["q.queue.000001"]), PATIENT);
    expect([...records]).toEqual([["q.queue.000001", "waits"]]);
  });

  it("is empty where IndexedDB is blocked, and nobody waits", async () => {
    const timers = handTimers();
    vi.stubGlobal("indexedDB", undefined);
    expect(await mirrored(nothing, "test", timers).backup()).toBeUndefined();
    expect(timers.armed.size).toBe(0);
  });

  it("does not bring back what was removed, though it could not remove it when the page ended", async () => {
    const records = new Map([["q.queue.000000", "delivered"]]);
    const { open, indexedDB } = handDatabase(records);
    vi.stubGlobal("indexedDB", indexedDB);
    const storage = inMemory();
    const first = mirrored(storage, "test", handTimers());
    first.remove("q.queue.000000");
    await vi.waitFor(() => expect(open).toHaveLength(1), PATIENT);
    open[0]?.abort();
    await Promise.resolve();
    expect(records.size).toBe(1);

    const second = mirrored(storage, "test", handTimers());
    expect(await second.backup()).toEqual(new Map());
    await vi.waitFor(() => expect(open).toHaveLength(3), PATIENT);
    open[2]?.commit();
    await vi.waitFor(() => expect(storage.keys()).toEqual([]), PATIENT);
    expect(records.size).toBe(0);
  });
});
