/** Several processes on one database: who may send what, and what becomes of what a process leaves that is gone. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fakeDeno, stubProcessEvents } from "../test/fake-deno.ts";
import { createFakeKv, type FakeKv } from "../test/fake-kv.ts";
import { createWhisperr } from "./create-whisperr.ts";
import type { KvLike } from "./kv-api.ts";
import { type KvOutbox, openKvOutbox } from "./kv-outbox.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-06-14T12:00:00.000Z") });
  vi.stubGlobal("Deno", fakeDeno());
  stubProcessEvents();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Longer than a lease. */
const LONG_MS = 15_000;

interface Server {
  /** What arrived, in this order. */
  readonly heard: string[];
  isDown: boolean;
}

const server = (): Server => ({ heard: [], isDown: true });

const answer = (status: number) => ({
  status,
  headers: new Headers({ "content-type": "application/json" }),
  text: async () => '{"accepted":1,"rejected":0}',
});

/** A process that can be killed, or stand still: then nothing it asks of the database is answered. */
async function startProcess(kv: FakeKv, api: Server) {
  let state: "lives" | "still" | "dead" = "lives";
  let goOn = () => {};
  let gate = Promise.resolve();
  const alive = async <T>(value: T): Promise<T> => {
    await gate;
    return value;
  };
  const its: KvLike = {
    get: (key, options) => alive(undefined).then(() => kv.get(key, options)),
    async *list(selector, options) {
      await alive(undefined);
      yield* kv.list(selector, options);
    },
    atomic() {
      const atomic = kv.atomic();
      const { commit } = atomic;
      atomic.commit = () => alive(undefined).then(() => commit());
      return atomic;
    },
  };
  const outbox = await openKvOutbox(its);
  const errors: string[] = [];
  const whisperr = createWhisperr({
    apiKey: "wrk_test",
    outbox,
    flushAt: 1000,
    flushIntervalMs: 0,
    maxRetries: 0,
    onError: (error) => errors.push(error.message),
    fetch: async (_url, { body }) => {
      if (state !== "lives") return new Promise<never>(() => {});
      if (api.isDown) return answer(503);
      const { events = [], traits } = JSON.parse(body) as {
        events?: { event_type: string }[];
        traits?: { plan: string };
      };
      for (const { event_type } of events) api.heard.push(event_type);
      if (traits) api.heard.push(traits.plan);
      return answer(202);
    },
  });
  return {
    outbox,
    whisperr,
    errors,
    stop(how: "still" | "dead") {
      state = how;
      gate = new Promise((resolve) => {
        goOn = resolve;
      });
    },
    resume() {
      state = "lives";
      goOn();
    },
  };
}

const namesIn = (outbox: KvOutbox) =>
  Array.from(
    { length: outbox.size },
    (_none, index) => (outbox.at(index) as unknown as { event: string }).event,
  );

async function track(process: Awaited<ReturnType<typeof startProcess>>, ...names: string[]): Promise<void> {
  for (const name of names) process.whisperr.track("ada", name, {});
  await process.outbox.saved();
}

describe("a process that lives", () => {
  test("is the only one that sends its queue, for as long as an outage lasts", async () => {
    const [kv, api] = [createFakeKv(), server()];
    const first = await startProcess(kv, api);
    await track(first, "one", "two");
    await vi.advanceTimersByTimeAsync(10 * LONG_MS);
    const second = await startProcess(kv, api);
    await vi.advanceTimersByTimeAsync(10 * LONG_MS);
    expect(namesIn(second.outbox)).toEqual([]);
    api.isDown = false;
    await Promise.all([first.whisperr.flush(), second.whisperr.flush()]);
    await first.outbox.saved();
    expect(api.heard).toEqual(["one", "two"]);
    expect(kv.keys()).toEqual([]);
  });

  test("gives its queue away when its client has ended", async () => {
    const [kv, api] = [createFakeKv(), server()];
    const first = await startProcess(kv, api);
    await track(first, "one");
    const second = await startProcess(kv, api);
    await first.whisperr.shutdown({ timeoutMs: 0 });
    await first.outbox.saved();
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(namesIn(second.outbox)).toEqual(["one"]);
    expect(namesIn((await startProcess(kv, api)).outbox)).toEqual([]);
    api.isDown = false;
    await second.whisperr.flush();
    expect(api.heard).toEqual(["one"]);
    expect(second.whisperr.stats()).toMatchObject({ accepted: 1, delivered: 1, pending: 0 });
  });
});

describe("what a process left that is gone", () => {
  test("goes to exactly one other, whole and in order, while that one runs", async () => {
    const [kv, api] = [createFakeKv(), server()];
    const first = await startProcess(kv, api);
    const others = [await startProcess(kv, api), await startProcess(kv, api)];
    const names = Array.from({ length: 700 }, (_none, n) => `event_${n}`);
    await track(first, ...names);
    first.stop("dead");
    // The next look comes once a minute.
    await vi.advanceTimersByTimeAsync(60_000 + LONG_MS);
    expect(others.map(({ outbox }) => outbox.size).sort()).toEqual([0, 700]);
    api.isDown = false;
    for (const { whisperr } of others) await whisperr.flush();
    expect(api.heard).toEqual(names);
    for (const { outbox } of others) await outbox.saved();
    // The dead one's lease is gone, and nothing is left of anybody's.
    expect(kv.keys()).toEqual([]);
  });

  test("is taken over again, from one that is gone as well", async () => {
    const [kv, api] = [createFakeKv(), server()];
    for (const name of ["one", "two", "three"]) {
      const process = await startProcess(kv, api);
      await track(process, name);
      process.stop("dead");
      await vi.advanceTimersByTimeAsync(LONG_MS);
    }
    const last = await startProcess(kv, api);
    expect(namesIn(last.outbox)).toEqual(["one", "two", "three"]);
    api.isDown = false;
    await last.whisperr.flush();
    await last.outbox.saved();
    expect(kv.keys()).toEqual([]);
  });

  test("is delivered at once if it knew of no leases yet", async () => {
    const [kv, api] = [createFakeKv(), server()];
    const old = await startProcess(kv, api);
    await track(old, "one", "two");
    old.stop("dead");
    await kv
      .atomic()
      .delete(kv.keys().find(([kind]) => kind === "whisperr_lease") ?? [])
      .commit();
    const next = await startProcess(kv, api);
    expect(namesIn(next.outbox)).toEqual(["one", "two"]);
  });
});

describe("a process that stood still", () => {
  test("for longer than its lease asks before it sends, and goes on when nobody took anything", async () => {
    const [kv, api] = [createFakeKv(), server()];
    const process = await startProcess(kv, api);
    await track(process, "one");
    process.stop("still");
    await vi.advanceTimersByTimeAsync(LONG_MS);
    process.resume();
    api.isDown = false;
    await process.whisperr.flush();
    expect(api.heard).toEqual(["one"]);
  });

  test("sends and removes nothing that another one has by then, and keeps what came since", async () => {
    const [kv, api] = [createFakeKv(), server()];
    const process = await startProcess(kv, api);
    await track(process, "one", "two");
    process.stop("still");
    await vi.advanceTimersByTimeAsync(LONG_MS);
    const heir = await startProcess(kv, api);
    expect(namesIn(heir.outbox)).toEqual(["one", "two"]);
    process.whisperr.track("ada", "three", {});
    process.resume();
    api.isDown = false;
    await process.whisperr.flush();
    expect(api.heard).toEqual(["three"]);
    expect(process.whisperr.stats()).toMatchObject({ accepted: 1, delivered: 1, dropped: {}, pending: 0 });
    expect(process.errors.filter((message) => message.includes("dropped"))).toEqual([]);
    await heir.whisperr.flush();
    expect(api.heard).toEqual(["three", "one", "two"]);
    for (const { outbox } of [process, heir]) await outbox.saved();
    expect(kv.keys()).toEqual([]);
  });

  test("in the middle of a request removes nothing of what another one has", async () => {
    const [kv, api] = [createFakeKv(), server()];
    const process = await startProcess(kv, api);
    await track(process, "one", "two");
    process.stop("still");
    await vi.advanceTimersByTimeAsync(LONG_MS);
    const heir = await startProcess(kv, api);
    // What it had under way has come to an answer.
    process.outbox.remove(0, 1);
    process.resume();
    await process.outbox.saved();
    expect(kv.values()).toHaveLength(2);
    expect(namesIn(heir.outbox)).toEqual(["one", "two"]);
    expect(namesIn(process.outbox)).toEqual([]);
  });
});

describe("an answer of the database that is lost", () => {
  test("costs neither the queue nor its order", async () => {
    const [kv, api] = [createFakeKv(), server()];
    const process = await startProcess(kv, api);
    kv.losesAnswers = true;
    kv.failure = new Error("connection reset");
    await track(process, "one");
    await track(process, "two");
    kv.failure = undefined;
    await track(process, "three");
    process.stop("dead");
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(namesIn((await startProcess(kv, api)).outbox)).toEqual(["one", "two", "three"]);
  });

  test("a database that answers nothing any more keeps flush() from waiting for ever", async () => {
    const [kv, api] = [createFakeKv(), server()];
    const process = await startProcess(kv, api);
    await track(process, "one");
    kv.failure = new Error("database closed");
    await vi.advanceTimersByTimeAsync(LONG_MS);
    api.isDown = false;
    expect(await process.whisperr.flush()).toMatchObject({ delivered: 0, pending: 1 });
    expect(process.errors.join()).toMatch(/Deno KV does not say/);
    kv.failure = undefined;
    await process.whisperr.flush();
    expect(api.heard).toEqual(["one"]);
  });
});

describe("the last identify() is the last word", () => {
  type Process = Awaited<ReturnType<typeof startProcess>>;

  async function identify(process: Process, plan: string): Promise<void> {
    process.whisperr.identify("ada", { traits: { plan } });
    await process.outbox.saved();
    // The clock goes on from one call to the next.
    await vi.advanceTimersByTimeAsync(1);
  }

  async function deliver(process: Process, api: Server): Promise<void> {
    api.isDown = false;
    // What is said again comes once the older one is settled.
    for (let round = 0; round < 3; round++) {
      await process.whisperr.flush();
      await process.outbox.saved();
    }
    api.isDown = true;
  }

  test("when a process that lives delivers an older one late", async () => {
    const [kv, api] = [createFakeKv(), server()];
    const [first, second] = [await startProcess(kv, api), await startProcess(kv, api)];
    await identify(first, "trial");
    await identify(second, "pro");
    await deliver(second, api);
    await deliver(first, api);
    expect(api.heard).toEqual(["pro", "trial", "pro"]);
    expect(first.whisperr.stats()).toMatchObject({ accepted: 2, delivered: 2, pending: 0 });
  });

  test("when an older one was a dead process's", async () => {
    const [kv, api] = [createFakeKv(), server()];
    const [dead, second] = [await startProcess(kv, api), await startProcess(kv, api)];
    await identify(dead, "trial");
    dead.stop("dead");
    await identify(second, "pro");
    await deliver(second, api);
    await vi.advanceTimersByTimeAsync(60_000 + LONG_MS);
    await deliver(second, api);
    expect(api.heard).toEqual(["pro", "trial", "pro"]);
  });

  test("when three processes deliver theirs in any order", async () => {
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ];
    for (const order of orders) {
      const [kv, api] = [createFakeKv(), server()];
      const processes = [
        await startProcess(kv, api),
        await startProcess(kv, api),
        await startProcess(kv, api),
      ];
      for (const [n, plan] of ["trial", "pro", "left"].entries())
        await identify(processes[n] as Process, plan);
      for (const n of order) await deliver(processes[n] as Process, api);
      expect(api.heard.at(-1), String(order)).toBe("left");
    }
  });

  test("when an own newer one waits behind the older", async () => {
    const [kv, api] = [createFakeKv(), server()];
    const [first, second] = [await startProcess(kv, api), await startProcess(kv, api)];
    await identify(first, "trial");
    await identify(second, "pro");
    await deliver(second, api);
    await identify(first, "left");
    await deliver(first, api);
    expect(api.heard.at(-1)).toBe("left");
  });

  test("when the process is killed that has just settled the older one", async () => {
    const [kv, api] = [createFakeKv(), server()];
    const [first, second] = [await startProcess(kv, api), await startProcess(kv, api)];
    await identify(first, "trial");
    await identify(second, "pro");
    await deliver(second, api);
    first.outbox.remove(0, 1);
    await first.outbox.saved();
    first.stop("dead");
    await vi.advanceTimersByTimeAsync(60_000 + LONG_MS);
    await deliver(second, api);
    expect(api.heard).toEqual(["pro", "pro"]);
  });

  test("when two hear of theirs in the same moment", async () => {
    const [kv, api] = [createFakeKv(), server()];
    const [first, second] = [await startProcess(kv, api), await startProcess(kv, api)];
    await identify(first, "trial");
    await identify(second, "pro");
    let open = () => {};
    kv.gate = new Promise((resolve) => {
      open = resolve;
    });
    // Both have looked before either has written.
    second.outbox.remove(0, 1);
    first.outbox.remove(0, 1);
    await vi.advanceTimersByTimeAsync(1);
    open();
    await Promise.all([first.outbox.saved(), second.outbox.saved()]);
    await deliver(first, api);
    expect(api.heard).toEqual(["pro"]);
  });

  test("and is said once where nobody else has anything, with nothing left of it", async () => {
    const [kv, api] = [createFakeKv(), server()];
    const process = await startProcess(kv, api);
    await identify(process, "trial");
    await identify(process, "pro");
    await deliver(process, api);
    expect(api.heard).toEqual(["trial", "pro"]);
    expect(kv.keys()).toEqual([]);
  });
});
