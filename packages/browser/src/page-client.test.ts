import { type AnyEvents, resolveOptions } from "@whisperr/core";
import { expect, test } from "vitest";
import { createPageClient, type PageHost } from "./page-client.ts";
import type { Storage } from "./storage/storage.ts";

/** Lets promises go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A storage that writes down how it is used. */
function watchedStorage(): Storage & { used: string[] } {
  const texts = new Map<string, string>();
  const storage = {
    used: [] as string[],
    keys() {
      storage.used.push("keys");
      return [...texts.keys()].sort();
    },
    get(key: string) {
      storage.used.push(`get ${key}`);
      return texts.get(key) ?? null;
    },
    set(key: string, text: string) {
      storage.used.push(`set ${key.split(".")[0]}`);
      texts.set(key, text);
      return true;
    },
    remove(key: string) {
      storage.used.push(`remove ${key}`);
      texts.delete(key);
    },
  };
  return storage;
}

function pageWith(storage: Storage) {
  const host: PageHost = {
    storage,
    tab: undefined,
    isBlocked: false,
    locks: {
      check() {},
      request(_queue, _whose, answer) {
        queueMicrotask(() => answer(true));
        return () => {};
      },
    },
    timers: { set: () => 0, clear: () => {} },
    nowMs: () => Date.UTC(2026, 5, 14, 12),
    random: () => 0,
    uuid: () => "9f2b5479-2729-418f-8ecf-3f2c3f2c3f2c",
    fetch: () => new Promise(() => {}),
    abortController: () => new AbortController(),
    readText: (response) => response.text(),
    log: () => {},
    shared: { clients: new Map(), keepalive: new Set() },
    doNotTrack: false,
    traits: () => ({}),
    page: () => ({ path: "/" }),
  };
  const options = { apiKey: "wrk_test" };
  return createPageClient<AnyEvents>(options, resolveOptions(options, { maxQueueSize: 1000 }), host).client;
}

test.each(["a visitor", "a user"])(
  "track() reads the storage once and writes it once, for %s",
  async (who) => {
    const storage = watchedStorage();
    const client = pageWith(storage);
    if (who === "a user") client.identify("user_8842");
    client.track("seen");
    await settle();

    storage.used = [];
    client.track("seen");
    expect(storage.used).toEqual(["get id", "set q"]);
  },
);
