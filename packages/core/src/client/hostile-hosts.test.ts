/** A host whose clock, dice, timers or outbox are not as they should be: the queue goes on, and the books balance. */
import { afterEach, expect, test, vi } from "vitest";
import { settle } from "../../test/fake-ports.ts";
import { BUILT_IN, callsOf, refused, thrownWithout } from "../../test/hostile-host.ts";
import { imbalance } from "../../test/imbalance.ts";
import { arrayOutbox } from "../../test/operations.ts";
import { createServerClient } from "../client/server-client.ts";
import type { WhisperrOptions } from "../options.ts";
import type { AppOutbox } from "../queue/outbox.ts";
import { resolveOptions } from "../resolve-options.ts";
import { webPorts } from "../web/web-ports.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

interface Host {
  readonly options?: Partial<WhisperrOptions>;
  /** Statuses in turn; 202 once they are used up. */
  readonly statuses?: number[];
}

function clientOn({ options = {}, statuses = [] }: Host) {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const names: string[] = [];
  const errors: { reason?: string; type: string; message: string }[] = [];
  let requests = 0;
  const all: WhisperrOptions = {
    apiKey: "wrk_test_key",
    flushIntervalMs: 10_000,
    maxRetries: 2,
    onError: (error) => void errors.push(error),
    fetch: async (_url, { body }) => {
      requests++;
      const status = statuses.shift() ?? 202;
      if (status === 202) {
        const { events = [] } = JSON.parse(body) as { events?: { event_type: string }[] };
        for (const one of events) names.push(one.event_type);
      }
      return { status, headers: new Headers(), text: async () => "{}" };
    },
    ...options,
  };
  const { api } = createServerClient(
    all,
    resolveOptions(all, { maxQueueSize: 10_000 }),
    webPorts(all.fetch as never),
  );
  return { api, names, errors, requests: () => requests };
}

const CLOCKS: [string, () => number][] = [
  ["says NaN", () => Number.NaN],
  ["says Infinity", () => Number.POSITIVE_INFINITY],
  ["says -Infinity", () => Number.NEGATIVE_INFINITY],
  ["says 1e20", () => 1e20],
  ["says text", () => "soon" as never],
  ["says nothing", () => undefined as never],
  ["says a BigInt", () => 5n as never],
  ["says a Symbol", () => Symbol("now") as never],
  [
    "throws",
    () => {
      throw new Error("no clock");
    },
  ],
];

test.each(CLOCKS)("a clock that once %s at track() costs that event at most", async (_name, now) => {
  const { api, names } = clientOn({});
  api.track("ada", "before");
  vi.spyOn(Date, "now").mockImplementationOnce(now);
  expect(() => api.track("ada", "odd")).not.toThrow();
  api.track("ada", "after");
  await api.flush();

  expect(names.filter((name) => name !== "odd")).toEqual(["before", "after"]);
  expect(api.stats().pending).toBe(0);
  expect(imbalance(api.stats())).toBe(0);
});

test.each(CLOCKS)("a clock that %s while a request is under way ends nothing", async (_name, now) => {
  const { api, names } = clientOn({ statuses: [503, 429] });
  api.track("ada", "bought");
  vi.spyOn(Date, "now").mockImplementation(now);
  const flushed = api.flush();
  await vi.advanceTimersByTimeAsync(120_000);
  await flushed;

  expect(names).toEqual(["bought"]);
  expect(imbalance(api.stats())).toBe(0);
});

test.each<[string, () => number]>([
  [
    "throws",
    () => {
      throw new Error("no dice");
    },
  ],
  ["is NaN", () => Number.NaN],
  ["is Infinity", () => Number.POSITIVE_INFINITY],
  ["is -5", () => -5],
  ["is text", () => "x" as never],
])("randomness that %s ends nothing, and spares no wait", async (_name, random) => {
  const { api, names, requests } = clientOn({ statuses: [503, 503] });
  vi.spyOn(Math, "random").mockImplementation(random);
  api.track("ada", "bought");
  const flushed = api.flush();
  await vi.advanceTimersByTimeAsync(0);
  expect(requests()).toBe(1);
  await vi.advanceTimersByTimeAsync(120_000);
  await flushed;

  expect(names).toEqual(["bought"]);
  expect(imbalance(api.stats())).toBe(0);
});

/** Behaves like an outbox whose storage is asynchronous, which none may be. */
function asyncRemoval(end: "resolves" | "rejects"): AppOutbox {
  const inner = arrayOutbox();
  return {
    get size() {
      return inner.size;
    },
    append: (operation) => inner.append(operation as never),
    at: (index) => inner.at(index),
    async remove(offset, count) {
      await undefined;
      inner.remove(offset, count);
      if (end === "rejects") throw new Error("disk full");
    },
  };
}

test.each(["resolves", "rejects"] as const)("an async remove() that %s sends nothing again", async (end) => {
  const { api, names } = clientOn({ options: { outbox: asyncRemoval(end) } });
  for (const name of ["one", "two", "three", "four"]) {
    api.track("ada", name);
    await api.flush();
    await settle();
  }

  expect(names).toEqual(["one", "two", "three", "four"]);
  expect(api.stats()).toMatchObject({ accepted: 4, delivered: 4, pending: 0 });
});

/** An outbox over an array that others reach, too. */
function sharedOutbox(kept: unknown[]): AppOutbox {
  return {
    get size() {
      return kept.length;
    },
    append: (operation) => void kept.push(operation),
    at: (index) => kept[index] as never,
    remove: (offset, count) => void kept.splice(offset, count),
  };
}

const UNREADABLE: [string, unknown][] = [
  ["null", null],
  ["a number", 7],
  ["an object of another kind", { kind: "page" }],
  [
    "an event without a time",
    { kind: "track", userId: "ada", event: "odd", properties: "{}", context: "{}" },
  ],
  [
    "an event without a context",
    { kind: "track", userId: "ada", event: "odd", atMs: 1, idPrefix: "a", idNumber: 1 },
  ],
  ["an identify without a body", { kind: "identify" }],
];

test.each(UNREADABLE)("%s at the front of an app's outbox blocks nothing behind it", async (_name, odd) => {
  const { api, names, errors } = clientOn({ options: { outbox: sharedOutbox([odd]) } });
  api.track("ada", "behind");
  const flushed = api.flush();
  await vi.advanceTimersByTimeAsync(120_000);
  await flushed;

  expect(names).toEqual(["behind"]);
  expect(api.stats()).toMatchObject({ accepted: 2, delivered: 1, dropped: { corrupt: 1 }, pending: 0 });
  expect(errors).toMatchObject([{ type: "dropped", reason: "corrupt", count: 1 }]);
});

test("the books are in order when an app tracks while what cannot be read leaves its outbox", async () => {
  const kept: unknown[] = [null];
  const outbox = Object.assign(sharedOutbox(kept), {
    remove(offset: number, count: number) {
      const [first] = kept.splice(offset, count);
      if (first === null) api.track("ada", "inside");
    },
  });
  const { api, names } = clientOn({ options: { outbox } });
  api.track("ada", "behind");
  const flushed = api.flush();
  await vi.advanceTimersByTimeAsync(120_000);
  await flushed;

  expect(names).toEqual(["behind", "inside"]);
  expect(api.stats()).toEqual({ accepted: 3, delivered: 2, dropped: { corrupt: 1 }, pending: 0 });
});

test("what an outbox loses by itself is counted and said, and the rest is delivered", async () => {
  const kept: unknown[] = [];
  const { api, names, errors } = clientOn({ options: { outbox: sharedOutbox(kept) } });
  for (const name of ["one", "two", "three"]) api.track("ada", name);
  kept.shift();
  await api.flush();
  api.track("ada", "four");
  await api.flush();

  expect(names).toEqual(["two", "three", "four"]);
  expect(api.stats()).toEqual({ accepted: 4, delivered: 3, dropped: { outbox_failed: 1 }, pending: 0 });
  expect(errors).toMatchObject([{ reason: "outbox_failed", count: 1 }]);
});

test("what came into an outbox by itself goes with the next request, and is counted", async () => {
  const kept: unknown[] = [];
  const { api, names } = clientOn({ options: { outbox: sharedOutbox(kept), flushAt: 2 } });
  api.track("ada", "one");
  kept.push({ ...(kept[0] as object), event: "of_another", idNumber: 99 });
  api.track("ada", "two");
  await settle();

  expect(names).toEqual(["one", "of_another", "two"]);
  expect(api.stats()).toMatchObject({ accepted: 3, delivered: 3, pending: 0 });
});

test("all of it gone ends the flush", async () => {
  const kept: unknown[] = [];
  const { api, requests } = clientOn({ options: { outbox: sharedOutbox(kept) } });
  api.track("ada", "one");
  kept.length = 0;

  expect(await api.flush()).toMatchObject({ delivered: 0, pending: 0 });
  expect(requests()).toBe(0);
  expect(api.stats()).toEqual({ accepted: 1, delivered: 0, dropped: { outbox_failed: 1 }, pending: 0 });
});

test("what comes into an outbox by itself is delivered", async () => {
  const kept: unknown[] = [];
  const { api, names } = clientOn({ options: { outbox: sharedOutbox(kept) } });
  api.track("ada", "one");
  kept.push({ ...(kept[0] as object), event: "two", idNumber: 99 });
  await api.flush();
  await api.flush();

  expect(names).toEqual(["one", "two"]);
  expect(api.stats()).toEqual({ accepted: 2, delivered: 2, dropped: {}, pending: 0 });
});

test("what an async append() brings late is delivered all the same", async () => {
  const kept: unknown[] = [];
  const outbox = {
    ...sharedOutbox(kept),
    get size() {
      return kept.length;
    },
    async append(operation: unknown) {
      await undefined;
      kept.push(operation);
    },
  };
  const { api, names } = clientOn({ options: { outbox } });
  for (const name of ["one", "two"]) {
    api.track("ada", name);
    await settle();
  }
  await api.flush();

  expect(names).toEqual(["one", "two"]);
  expect(api.stats().pending).toBe(0);
  expect(imbalance(api.stats())).toBe(0);
});

test.each([1, Number.POSITIVE_INFINITY])("setTimeout that throws %d times ends nothing", async (times) => {
  const { api, names, requests } = clientOn({ statuses: [503, 401] });
  const real = setTimeout;
  let left = times;
  vi.stubGlobal("setTimeout", (...args: Parameters<typeof real>) => (left-- > 0 ? refused() : real(...args)));
  vi.stubGlobal("clearTimeout", refused);
  api.track("ada", "one");
  api.track("ada", "two");
  const flushed = api.flush({ timeoutMs: 300_000 });
  for (let turn = 0; turn < 20; turn++) await settle();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(await flushed).toMatchObject({ dropped: 0 });
  expect(requests(), "no attempts without end").toBeLessThan(10);
  await api.flush();

  expect(names).toEqual(["one", "two"]);
  expect(imbalance(api.stats())).toBe(0);
});

test.each<[string, unknown]>([
  ["is missing", undefined],
  ["cannot be made", refused],
  [
    "has no signal to read",
    class {
      get signal() {
        return refused();
      }
      abort = refused;
    },
  ],
])("an AbortController that %s keeps no event", async (_name, AbortController) => {
  vi.stubGlobal("AbortController", AbortController);
  const { api, names } = clientOn({});
  api.track("ada", "one");
  await api.flush();

  expect(names).toEqual(["one"]);
});

test("an abort() that throws ends no process, and the request ends at its time", async () => {
  vi.stubGlobal(
    "AbortController",
    class {
      signal = undefined;
      abort = refused;
    },
  );
  let requests = 0;
  const { api } = clientOn({
    options: {
      fetch: () => (++requests === 1 ? new Promise(() => {}) : Promise.resolve({ status: 202 } as never)),
    },
  });
  api.track("ada", "one");
  const flushed = api.flush();
  await vi.advanceTimersByTimeAsync(60_000);

  expect(await flushed).toEqual({ delivered: 1, dropped: 0, pending: 0 });
});

test.each(BUILT_IN)("%s that throws throws from no call, and delivery goes on", async (...builtIn) => {
  const { api, names } = clientOn({ options: { flushAt: 2 } });
  api.track("ada", "before");
  const thrown = thrownWithout(builtIn, callsOf(api));
  expect(thrown).toEqual([]);
  await vi.advanceTimersByTimeAsync(20_000);
  api.track("ada", "after");
  const flushed = api.flush();
  await vi.advanceTimersByTimeAsync(20_000);

  expect(await flushed).toMatchObject({ pending: 0 });
  expect(names).toContain("before");
  expect(names).toContain("after");
  expect(imbalance(api.stats())).toBe(0);
});
