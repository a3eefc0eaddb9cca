import { type AnyEvents, resolveOptions } from "@whisperr/core";
import { expect, test } from "vitest";
import { scan } from "../queue/tab-queue.ts";
import { nowhere, type Storage } from "../storage/storage.ts";
import { contextOf } from "./context.ts";
import type { PageHost } from "./host.ts";
import { createPage } from "./page.ts";

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

/** A page whose locks are granted, at once unless the test answers. */
function pageWith(storage: Storage, more: Partial<PageHost> = {}) {
  const host: PageHost = {
    prefix: "",
    storage,
    isFailureKnown: false,
    tab: nowhere,
    locks: {
      check() {},
      request(_queue, _whose, answer) {
        queueMicrotask(() => answer(true));
        return () => {};
      },
    },
    timers: { set: () => 0, clear: () => {} },
    nowMs: () => Date.UTC(2026, 5, 14, 12),
    inContext: (run) => run(),
    random: () => 0,
    uuid: () => "9f2b5479-2729-418f-8ecf-3f2c3f2c3f2c",
    fetch: () => new Promise(() => {}),
    abortController: () => new AbortController(),
    readText: (response) => response.text(),
    log: () => {},
    shared: { clients: new Map(), keepalive: new Set() },
    device: {},
    contextOf: (page) => contextOf(page, { path: "/" }),
    isHidden: () => false,
    isPrerendered: () => false,
    ...more,
  };
  const options = { apiKey: "wrk_test" };
  return createPage<AnyEvents>(options, resolveOptions(options, { maxQueueSize: 1000 }), host);
}

test.each(["a visitor", "a user"])(
  "track() reads the storage once and writes it once, for %s",
  async (who) => {
    const storage = watchedStorage();
    const { api: client } = pageWith(storage);
    if (who === "a user") client.identify("user_8842");
    client.track("seen");
    await settle();

    storage.used = [];
    client.track("seen");
    expect(storage.used).toEqual(["get id", "set q"]);
  },
);

test("a client that is being shut down recovers nothing more, whatever lock it gets", async () => {
  const storage = watchedStorage();
  const answers = new Map<string, (isGranted: boolean) => void>();
  const locks: PageHost["locks"] = {
    check() {},
    request(queue, _whose, answer) {
      answers.set(queue, answer);
      return () => {};
    },
  };
  const { api, page } = pageWith(storage, { locks });
  answers.get(page.own)?.(true);
  storage.set("q.dead.000000", "what a dead page has left behind");
  scan(page);
  void api.shutdown();
  answers.get("dead")?.(true);

  expect(page).toMatchObject({ isHere: true, maySend: true, recovery: "none", entries: [] });
  expect(storage.get("q.dead.000000")).not.toBeNull();
});
