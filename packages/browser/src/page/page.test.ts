import { type AnyEvents, HOLD, PUSH, resolveOptions } from "@whisperr/core";
import { expect, test, vi } from "vitest";
import { noteLeft, readInFlight } from "../queue/in-flight.ts";
import { leave, scan } from "../queue/tab-queue.ts";
import { nowhere, type Storage } from "../storage/storage.ts";
import { contextOf } from "./context.ts";
import type { PageHost } from "./host.ts";
import { createPage, type Page } from "./page.ts";
import { sendNow } from "./sending.ts";
import { newShared } from "./shared.ts";

/** Lets promises go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A storage that writes down how it is used. */
function watchedStorage(): Storage & { used: string[] } {
  const texts = new Map<string, string>();
  const storage = {
    used: [] as string[],
    keys() {
      storage.used.push("keys");
      return [...texts.keys()].sort().reverse();
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
function pageWith(storage: Storage, more: Partial<PageHost> = {}, requestTimeoutMs = 10_000) {
  const host: PageHost = {
    prefix: "",
    storage,
    isFailureKnown: false,
    tab: nowhere,
    origin: nowhere,
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
    shared: newShared(),
    device: {},
    contextOf: (page) => contextOf(page, { path: "/" }),
    isHidden: () => false,
    isPrerendered: () => false,
    ...more,
  };
  const options = { apiKey: "wrk_test", requestTimeoutMs };
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

/** What dead pages have left: so many records, with so long texts. */
function leftBehind(storage: Storage, count: number, length: number): string[] {
  const operation = (n: number) => ({
    kind: "track",
    anonymousId: "visitor",
    event: "seen",
    atMs: Date.UTC(2026, 5, 14),
    idPrefix: "9f2b5479-2729-418f-8ecf-",
    idNumber: n,
    properties: JSON.stringify({ text: "x".repeat(length) }),
    context: "{}",
  });
  const keys = Array.from({ length: count }, (_, n) => `q.0mqdqfeo0dead.${String(n).padStart(6, "0")}`);
  keys.forEach((key, n) => void storage.set(key, JSON.stringify(operation(n))));
  return keys;
}

test.each([
  { count: 999, length: 0, atOnce: 40 },
  { count: 999, length: 300, atOnce: 25 },
  { count: 50, length: 15_000, atOnce: 2 },
  { count: 30, length: 30_000, atOnce: 1 },
])(
  "a page that starts with $count records of $length characters reads $atOnce in a task at most, lists all keys once in it, and sends nothing before it has them all",
  async ({ count, length, atOnce }) => {
    const storage = watchedStorage();
    const keys = leftBehind(storage, count, length);
    const due: (() => void)[] = [];
    const fetch = vi.fn(() => new Promise<never>(() => {}));
    const timers: PageHost["timers"] = {
      set: (callback, delayMs) => (delayMs === 0 ? due.push(callback) : 0),
      clear: () => {},
    };
    const tasks: { lists: number; reads: number }[] = [];
    storage.used = [];
    const { api, page } = pageWith(storage, { timers, fetch });
    const taskIsOver = () => {
      const used = storage.used.splice(0);
      // The last one sends the first request, for which the queue is looked at.
      if (page.maySend) return;
      const reads = used.filter((use) => use.startsWith("get q.")).length;
      tasks.push({ lists: used.filter((use) => use === "keys").length, reads });
    };
    taskIsOver();
    await settle();
    taskIsOver();
    api.track("own");
    storage.used = [];
    for (let next = due.shift(); next; next = due.shift()) {
      expect(fetch).not.toHaveBeenCalled();
      next();
      taskIsOver();
      await settle();
      taskIsOver();
    }

    expect(Math.max(...tasks.map(({ reads }) => reads))).toBeLessThanOrEqual(atOnce);
    expect(tasks.reduce((sum, { reads }) => sum + reads, 0)).toBeGreaterThan(count - atOnce);
    expect(Math.max(...tasks.map(({ lists }) => lists))).toBe(1);
    expect(page.entries.map(({ key }) => key).slice(0, -1)).toEqual(keys);
    expect(page.entries).toHaveLength(count + 1);
    expect(fetch).toHaveBeenCalledTimes(1);
  },
);

test("a page asks for the oldest queues first: the next one waits for as many of them as it can name", async () => {
  const storage = watchedStorage();
  const queues = Array.from({ length: 20 }, (_, n) => `0mqdqfeo${n.toString(36)}dead`);
  for (const queue of queues) storage.set(`q.${queue}.000000`, "{}");
  const asked: string[] = [];
  const request = (queue: string) => {
    asked.push(queue);
    return () => {};
  };
  const { page } = pageWith(storage, { locks: { check() {}, request } });
  await settle();

  expect(asked).toEqual([page.own, ...queues]);
});

test.each([
  ["few records and no more timers than for its own", false, 25],
  ["many, and is hidden,", true, 999],
])("a page that starts with %s reads them in the task that has the locks", async (_, isHidden, count) => {
  const storage = watchedStorage();
  const keys = leftBehind(storage, count, 100);
  const set = vi.fn(() => 0);
  const { page } = pageWith(storage, { timers: { set, clear: () => {} }, isHidden: () => isHidden });
  await settle();

  expect(page.entries.map(({ key }) => key)).toEqual(keys);
  expect(set).not.toHaveBeenCalledWith(expect.any(Function), 0);
});

test("a request carries neither the page's address nor its cookies, whatever the page's own policy is", async () => {
  const fetch = vi.fn(() => new Promise<never>(() => {}));
  const { api } = pageWith(watchedStorage(), { fetch });
  api.track("seen");
  await settle();
  void api.flush();

  expect(fetch).toHaveBeenCalledWith(
    expect.any(String),
    expect.objectContaining({ referrerPolicy: "no-referrer", credentials: "omit" }),
  );
});

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

test.each([
  ["small, goes on without it, and so does what stands behind it", 10, [true, true]],
  ["large, ends with it: what stands behind it stays with it, for the next page", 70_000, [false]],
] as const)("a page that goes with a request in flight that is %s", async (_, bytes, kept) => {
  let hidden = false;
  const fetch = vi.fn((_url: string, _init: { keepalive?: boolean }) => new Promise<never>(() => {}));
  const { api, page } = pageWith(watchedStorage(), { fetch: fetch as never, isHidden: () => hidden });
  for (let n = 0; n < 120; n++) api.track("seen", { text: "x".repeat(n === 0 ? bytes : 0) });
  await settle();
  expect(fetch).toHaveBeenCalledTimes(1);

  api.track("seen");
  hidden = true;
  sendNow(page);

  expect(fetch.mock.calls.map(([, { keepalive }]) => keepalive)).toEqual(kept);
});

test.each([
  ["the API is quick to time out", 2000, 100],
  ["pages take long to load now and then", 10_000, 12_000],
])(
  "twenty pages of a visitor in a hurry repeat what two of them sent, at most, where %s",
  async (_, requestTimeoutMs, pauseMs) => {
    const storage = watchedStorage();
    const sent = new Map<string, number>();
    let nowMs = Date.UTC(2026, 5, 14, 12);
    let visits = 0;
    const fetch = (_url: string, { body }: { body: string }) => {
      for (const { properties } of JSON.parse(body).events)
        sent.set(properties.visit, (sent.get(properties.visit) ?? 0) + 1);
      return new Promise<never>(() => {});
    };
    while (visits < 20) {
      visits += 1;
      nowMs += visits % 5 === 0 ? pauseMs : 100;
      const more = { fetch: fetch as never, nowMs: () => nowMs, timers: { set: () => 1, clear: () => {} } };
      const { api, page } = pageWith(storage, { ...more, uuid: () => crypto.randomUUID() }, requestTimeoutMs);
      api.track("seen", { visit: visits });
      await settle();
      leave(page);
      noteLeft(page);
      sendNow(page);
      await settle();
    }

    expect([...sent.values()].filter((times) => times > 1).length).toBeLessThanOrEqual(2);
  },
);

/** What a request says, by its path. */
function listening() {
  const bodies: Record<string, unknown>[] = [];
  const fetch = ((_url: string, { body }: { body: string }) => {
    bodies.push(JSON.parse(body));
    return Promise.resolve(new Response("{}", { status: 202 }));
  }) as never;
  return { bodies, fetch };
}

test("a page of another API key than that of the opt-out keeps no id, and opts its own token out", async () => {
  const storage = watchedStorage();
  const origin = watchedStorage();
  const { bodies, fetch } = listening();
  const device = { pushing: PUSH };
  const first = pageWith(storage, { origin, fetch, device });
  first.api.identify("ada", { pushToken: "t1" });
  await first.api.flush();
  leave(first.page);
  origin.set("whisperr.optout", "1");
  const { api } = pageWith(storage, { origin, fetch, device, uuid: () => crypto.randomUUID() });
  await settle();
  api.track("seen");
  await api.flush();

  expect(bodies.slice(1)).toEqual([
    { external_user_id: "ada", channels: [{ channel: "push", address: "t1", opted_in: false }] },
  ]);
  expect(storage.get("id")).toBe('{"optedOut":true}');
});

test("what a dead page has left is discarded with an opt-out, though it is found after the optIn()", async () => {
  const storage = watchedStorage();
  const { bodies, fetch } = listening();
  const { api, page } = pageWith(storage, { fetch });
  await settle();
  leftBehind(storage, 2, 0);
  api.optOut();
  api.optIn();
  scan(page);
  await settle();
  await api.flush();

  expect(bodies).toEqual([]);
  expect(api.stats().dropped).toEqual({ opted_out: 2 });
  expect(storage.keys()).toEqual(["id"]);
});

test("a storage that cannot be read any more is not an emptied one: the user stays, and what waits is sent", async () => {
  const storage = watchedStorage();
  const { bodies, fetch } = listening();
  const { get, set } = storage;
  let isThere = true;
  const broken: Storage = {
    ...storage,
    keys: () => (isThere ? storage.keys() : []),
    get: (key) => (isThere ? get(key) : undefined),
    set: (key, text) => isThere && set(key, text),
  };
  const { api, page } = pageWith(broken, { fetch, device: { holding: HOLD } });
  api.identify("ada");
  await api.flush();
  api.track("seen", { n: 1 });
  isThere = false;
  api.track("seen", { n: 2 });
  leave(page);
  sendNow(page);
  await settle();

  const { events } = bodies[1] as { events: { external_user_id: string; properties: object }[] };
  expect(events.map(({ external_user_id, properties }) => [external_user_id, properties])).toEqual([
    ["ada", { n: 1 }],
    ["ada", { n: 2 }],
  ]);
});

test("of an identify that is in flight without keepalive other pages know, and wait for nothing", async () => {
  const storage = watchedStorage();
  const { api, page } = pageWith(storage);
  await settle();
  api.identify("ada", { traits: { text: "x".repeat(70_000) } });
  await settle();

  const other = { storage, note: "", nowMs: page.nowMs, leaseMs: page.leaseMs } as unknown as Page;
  const [inFlight] = readInFlight(other, storage.keys());
  expect(inFlight?.last).toBe(page.entries[0]?.key);
  expect(inFlight?.leftMs).toBeLessThan(0);
});
