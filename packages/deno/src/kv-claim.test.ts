/** Several processes on one database: who may send what, and what becomes of what a process leaves that is gone. */
import { describe, expect, test, vi } from "vitest";
import { LONG_MS, namesIn, setStage, track } from "../test/kv-processes.ts";

describe("a process that lives", () => {
  test("is the only one that sends its queue, for as long as an outage lasts", async () => {
    const { kv, api, start } = setStage();
    const first = await start();
    await track(first, "one", "two");
    await vi.advanceTimersByTimeAsync(10 * LONG_MS);
    const second = await start();
    await vi.advanceTimersByTimeAsync(10 * LONG_MS);
    expect(namesIn(second.outbox)).toEqual([]);
    api.isDown = false;
    await Promise.all([first.whisperr.flush(), second.whisperr.flush()]);
    await first.outbox.saved();
    expect(api.heard).toEqual(["one", "two"]);
    expect(kv.keys()).toEqual([]);
  });

  test("gives its queue away when its client has ended", async () => {
    const { api, start } = setStage();
    const first = await start();
    await track(first, "one");
    const second = await start();
    await first.whisperr.shutdown({ timeoutMs: 0 });
    await first.outbox.saved();
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(namesIn(second.outbox)).toEqual(["one"]);
    expect(namesIn((await start()).outbox)).toEqual([]);
    api.isDown = false;
    await second.whisperr.flush();
    expect(api.heard).toEqual(["one"]);
    expect(second.whisperr.stats()).toMatchObject({ accepted: 1, delivered: 1, pending: 0 });
  });
});

describe("what a process left that is gone", () => {
  test("goes to exactly one other, whole and in order, while that one runs", async () => {
    const { kv, api, start } = setStage();
    const first = await start();
    const others = [await start(), await start()];
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
    const { kv, api, start } = setStage();
    for (const name of ["one", "two", "three"]) {
      const process = await start();
      await track(process, name);
      process.stop("dead");
      await vi.advanceTimersByTimeAsync(LONG_MS);
    }
    const last = await start();
    expect(namesIn(last.outbox)).toEqual(["one", "two", "three"]);
    api.isDown = false;
    await last.whisperr.flush();
    await last.outbox.saved();
    expect(kv.keys()).toEqual([]);
  });

  test("is delivered at once if it knew of no leases yet", async () => {
    const { kv, start } = setStage();
    const old = await start();
    await track(old, "one", "two");
    old.stop("dead");
    await kv
      .atomic()
      .delete(kv.keys().find(([kind]) => kind === "whisperr_lease") ?? [])
      .commit();
    const next = await start();
    expect(namesIn(next.outbox)).toEqual(["one", "two"]);
  });
});

describe("a process that stood still", () => {
  test("for longer than its lease asks before it sends, and goes on when nobody took anything", async () => {
    const { api, start } = setStage();
    const process = await start();
    await track(process, "one");
    process.stop("still");
    await vi.advanceTimersByTimeAsync(LONG_MS);
    process.resume();
    api.isDown = false;
    await process.whisperr.flush();
    expect(api.heard).toEqual(["one"]);
  });

  test("sends and removes nothing that another one has by then, and keeps what came since", async () => {
    const { kv, api, start } = setStage();
    const process = await start();
    await track(process, "one", "two");
    process.stop("still");
    await vi.advanceTimersByTimeAsync(LONG_MS);
    const heir = await start();
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
    const { kv, start } = setStage();
    const process = await start();
    await track(process, "one", "two");
    process.stop("still");
    await vi.advanceTimersByTimeAsync(LONG_MS);
    const heir = await start();
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
    const { kv, start } = setStage();
    const process = await start();
    kv.losesAnswers = true;
    kv.failure = new Error("connection reset");
    await track(process, "one");
    await track(process, "two");
    kv.failure = undefined;
    await track(process, "three");
    process.stop("dead");
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(namesIn((await start()).outbox)).toEqual(["one", "two", "three"]);
  });

  test("a database that answers nothing any more keeps flush() from waiting for ever", async () => {
    const { kv, api, start } = setStage();
    const process = await start();
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
