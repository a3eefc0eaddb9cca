import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { FakeIndexedDb } from "../../test/fake-indexed-db.ts";
import { fakeWorker } from "../../test/fake-worker.ts";
import { storagePrefix } from "../storage/storage.ts";
import { createWhisperr, type Whisperr, type WhisperrError, type WorkerOptions } from "../worker.ts";

const NOON_MS = Date.parse("2026-06-14T12:00:00.000Z");
const PREFIX = storagePrefix("wrk_test");
const VISITOR = "3f2c3f2c-0000-4000-8000-000000000000";

interface Sent {
  readonly event_type?: string;
  readonly external_user_id?: string;
  readonly anonymous_id?: string;
  readonly occurred_at?: string;
  readonly properties?: object;
}

describe("the client of a worker", () => {
  let database: FakeIndexedDb;
  let sent: Sent[];
  let errors: WhisperrError[];
  let made: Whisperr[];

  const create = (more: WorkerOptions = {}) => {
    const client = createWhisperr({
      apiKey: "wrk_test",
      autoContext: false,
      onError: (error) => errors.push(error),
      async fetch(_url, { body }) {
        const { events, ...identify } = JSON.parse(body) as { events?: Sent[] };
        sent.push(...(events ?? [identify]));
        return new Response(null, { status: 202 });
      },
      ...more,
    });
    made.push(client);
    return client;
  };
  const stored = (name: string) =>
    [...database.records.keys()].filter((key) => key.startsWith(PREFIX + name));

  beforeEach(() => {
    [sent, errors, made] = [[], [], []];
    database = fakeWorker();
    vi.useFakeTimers({ now: NOON_MS });
  });
  afterEach(async () => {
    for (const client of made) void client.shutdown({ timeoutMs: 0 });
    await vi.advanceTimersByTimeAsync(5000);
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  test("in Node.js, where a test has put up an IndexedDB and nothing else of a worker, it delivers", async () => {
    vi.stubGlobal("addEventListener", undefined);
    const client = create();
    client.track("cart_viewed");
    const flushed = client.flush();
    await vi.advanceTimersByTimeAsync(5000);

    expect(await flushed).toEqual({ delivered: 1, dropped: 0, pending: 0 });
  });

  test("records what is called while its storage opens: as it was, at its time, for the stored user", async () => {
    database.records.set(`${PREFIX}id`, JSON.stringify({ anonymousId: VISITOR, userId: "ada" }));
    let open = () => {};
    database.gate = new Promise((resolve) => {
      open = resolve;
    });
    const whisperr = create();
    const cart = { items: 1 };
    whisperr.track("bought", cart);
    cart.items = 2;
    expect(whisperr.stats()).toEqual({ accepted: 1, delivered: 0, dropped: {}, pending: 1 });
    await vi.advanceTimersByTimeAsync(100);
    open();
    const flushed = whisperr.flush();
    await vi.advanceTimersByTimeAsync(10);
    expect(await flushed).toEqual({ delivered: 1, dropped: 0, pending: 0 });
    expect(sent).toEqual([
      expect.objectContaining({
        external_user_id: "ada",
        event_type: "bought",
        occurred_at: "2026-06-14T12:00:00.000Z",
        properties: { items: 1 },
      }),
    ]);
  });

  test("records nothing of who opted out, in what is called before that is known either", async () => {
    database.records.set("whisperr.optout", "1");
    const whisperr = create();
    whisperr.track("bought");
    const flushed = whisperr.flush();
    await vi.advanceTimersByTimeAsync(10);
    expect(await flushed).toEqual({ delivered: 0, dropped: 1, pending: 0 });
    expect(whisperr.stats()).toMatchObject({ accepted: 1, dropped: { opted_out: 1 }, pending: 0 });
    expect(sent).toEqual([]);
  });

  test("keeps order among the calls that wait", async () => {
    const whisperr = create();
    whisperr.track("seen");
    whisperr.identify("ada");
    whisperr.track("bought");
    void whisperr.reset();
    whisperr.track("seen");
    const flushed = whisperr.flush();
    await vi.advanceTimersByTimeAsync(10);
    await flushed;
    const users = sent.map(({ external_user_id }) => external_user_id);
    expect(users).toEqual([undefined, "ada", "ada", undefined]);
    expect(sent[0]?.anonymous_id).toBe(sent[1]?.anonymous_id);
    expect(sent[3]?.anonymous_id).not.toBe(sent[0]?.anonymous_id);
  });

  test("writes at once, and what it has delivered is gone from its storage when flush() resolves", async () => {
    const whisperr = create({ flushAtStart: false });
    whisperr.track("bought");
    await vi.advanceTimersByTimeAsync(10);
    expect(stored("q.")).toHaveLength(1);
    expect(sent).toEqual([]);
    const flushed = whisperr.flush();
    await vi.advanceTimersByTimeAsync(10);
    await flushed;
    expect(stored("q.")).toEqual([]);
  });

  test("sends what one event records a second later, in one request", async () => {
    const whisperr = create();
    whisperr.track("first");
    await vi.advanceTimersByTimeAsync(500);
    whisperr.track("second");
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent.map(({ event_type }) => event_type)).toEqual(["first", "second"]);
  });

  test("goes on in memory where IndexedDB never answers, and says so", async () => {
    database.gate = new Promise(() => {});
    const whisperr = create();
    whisperr.track("bought");
    const early = whisperr.flush({ timeoutMs: 50 });
    await vi.advanceTimersByTimeAsync(50);
    expect(await early).toEqual({ delivered: 0, dropped: 0, pending: 1 });
    await vi.advanceTimersByTimeAsync(3000);
    expect(sent).toHaveLength(1);
    expect(errors).toEqual([expect.objectContaining({ reason: "storage_failed" })]);
  });

  test("waits for 10 seconds where the deadline is NaN", async () => {
    const whisperr = create({ requestTimeoutMs: 60_000, fetch: () => new Promise(() => {}) });
    whisperr.track("bought");
    const ends = [whisperr.flush({ timeoutMs: Number.NaN }), whisperr.shutdown({ timeoutMs: Number.NaN })];
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await Promise.all(ends)).toEqual(Array(2).fill({ delivered: 0, dropped: 0, pending: 1 }));
  });

  test("says that a change was refused, and writes it again", async () => {
    const whisperr = create({ flushAtStart: false });
    await vi.advanceTimersByTimeAsync(10);
    database.failure = new Error("full");
    whisperr.track("bought");
    await vi.advanceTimersByTimeAsync(10);
    expect(errors).toEqual([expect.objectContaining({ reason: "storage_failed" })]);
    expect(stored("q.")).toEqual([]);
    database.failure = undefined;
    await vi.advanceTimersByTimeAsync(15_000);
    expect(whisperr.stats()).toMatchObject({ delivered: 1, pending: 0 });
  });

  test.each([
    ["without Web Locks, which say who lives", { language: "en", product: "Gecko" }],
    ["where there is no navigator, as on older Node.js", undefined],
  ])("stores no operation %s", async (_where, navigator) => {
    vi.stubGlobal("navigator", navigator);
    const whisperr = create({ flushAtStart: false });
    whisperr.track("bought");
    await vi.advanceTimersByTimeAsync(10);
    expect(stored("q.")).toEqual([]);
    expect(stored("id")).toHaveLength(1);
    expect(errors).toEqual([expect.objectContaining({ reason: "storage_failed" })]);
  });

  test("takes the visitor of another worker that was first, with what it recorded before it knew", async () => {
    const get = database.records.get.bind(database.records);
    // The other one writes between this one's look and its own visitor.
    database.records.get = (key) => {
      database.records.set(key, JSON.stringify({ anonymousId: VISITOR }));
      return get(key);
    };
    const whisperr = create();
    whisperr.track("early");
    await vi.advanceTimersByTimeAsync(10);
    whisperr.track("late");
    const flushed = whisperr.flush();
    await vi.advanceTimersByTimeAsync(10);
    expect(await flushed).toEqual({ delivered: 2, dropped: 0, pending: 0 });
    expect(sent.map(({ anonymous_id }) => anonymous_id)).toEqual([VISITOR, VISITOR]);
  });

  test("asks for it as it records for the first time, and makes the calls of that moment in their order", async () => {
    const whisperr = create();
    await vi.advanceTimersByTimeAsync(10);
    expect(stored("id"), "nothing was recorded yet").toEqual([]);
    whisperr.track("first");
    whisperr.identify("ada");
    expect(whisperr.stats()).toEqual({ accepted: 2, delivered: 0, dropped: {}, pending: 2 });
    const stopped = whisperr.shutdown();
    await vi.advanceTimersByTimeAsync(10);
    expect(await stopped).toEqual({ delivered: 2, dropped: 0, pending: 0 });
    expect(sent[1]).toMatchObject({ external_user_id: "ada", anonymous_id: sent[0]?.anonymous_id });
    expect(stored("id")).toHaveLength(1);
  });

  test.each([
    ["refuses it", (fake: FakeIndexedDb) => Object.assign(fake, { failure: new Error("full") })],
    ["never answers", (fake: FakeIndexedDb) => Object.assign(fake, { gate: new Promise(() => {}) })],
  ])("has a visitor of its own where IndexedDB %s", async (_how, breaks) => {
    const whisperr = create();
    await vi.advanceTimersByTimeAsync(10);
    breaks(database);
    whisperr.track("bought");
    whisperr.track("bought");
    await vi.advanceTimersByTimeAsync(4000);
    expect(sent).toHaveLength(2);
    expect(sent[0]?.anonymous_id).toBe(sent[1]?.anonymous_id);
  });

  test("stores nothing with persistence: memory, and knows its user at once", async () => {
    const whisperr = create({ persistence: "memory" });
    whisperr.track("bought");
    const flushed = whisperr.flush();
    await vi.advanceTimersByTimeAsync(10);
    expect(await flushed).toMatchObject({ delivered: 1 });
    expect(database.records.size).toBe(0);
    expect(errors).toEqual([]);
  });

  test("is the one there is, until its shutdown(), which ends what it has", async () => {
    const whisperr = create();
    expect(create()).toBe(whisperr);
    const stopped = whisperr.shutdown();
    expect(whisperr.shutdown()).toBe(stopped);
    await vi.advanceTimersByTimeAsync(10);
    await stopped;
    expect(vi.getTimerCount()).toBe(0);
    expect(create()).not.toBe(whisperr);
  });

  test("does nothing where there is no browser", async () => {
    vi.stubGlobal("indexedDB", undefined);
    // A server has no such property at all.
    delete (globalThis as { indexedDB?: unknown }).indexedDB;
    const whisperr = create();
    whisperr.track("bought");
    expect(whisperr.stats()).toMatchObject({ accepted: 0 });
    expect(await whisperr.flush()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
  });
});
