import { createMemoryOutbox } from "@whisperr/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { lifecycleStage, pass } from "../../test/lifecycle-stage.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount(), "timers left behind").toBe(0);
  vi.useRealTimers();
});

describe("one request", () => {
  test("passes one promise for a burst of calls; all of it travels in one API request, 50 ms later", async () => {
    const { api, whisperr, enter } = lifecycleStage();
    const request = enter();
    for (const name of ["one", "two", "three"]) whisperr.track("ada", name);
    expect(request.promises).toBe(1);
    await pass(49);
    expect(api.requests).toEqual([]);
    await pass(1);
    expect(api.requests).toEqual([["one", "two", "three"]]);
    expect(request.open).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is held again for what it tracks later", async () => {
    const { api, whisperr, enter } = lifecycleStage();
    const request = enter();
    whisperr.forUser("ada").track("one");
    await pass(1000);
    expect(request.open).toBe(0);
    whisperr.forUser("ada").track("two");
    expect(request.open).toBe(1);
    await pass(1000);
    expect(request.open).toBe(0);
    expect(api.requests).toEqual([["one"], ["two"]]);
  });

  test("is not held for calls that queue nothing", async () => {
    const { whisperr, enter } = lifecycleStage();
    const request = enter();
    whisperr.track("", "no_user");
    await whisperr.flush();
    whisperr.stats();
    expect(request.promises).toBe(0);
  });

  test("is let go when its first event has pushed an older one out", async () => {
    const { api, whisperr, enter } = lifecycleStage(401, { maxQueueSize: 1 });
    enter();
    whisperr.track("ada", "one");
    await pass(50);
    api.answer = 202;
    const request = enter();
    whisperr.track("ada", "two");
    expect(whisperr.stats()).toMatchObject({ dropped: { queue_full: 1 }, pending: 1 });
    await pass(50);
    expect(api.requests.at(-1)).toEqual(["two"]);
    expect(request.open).toBe(0);
  });

  test("flush() sends at once and holds it; shutdown() too", async () => {
    const { api, whisperr, enter } = lifecycleStage();
    const request = enter();
    whisperr.track("ada", "one");
    expect(await whisperr.flush()).toEqual({ delivered: 1, dropped: 0, pending: 0 });
    whisperr.track("ada", "two");
    expect(await whisperr.shutdown()).toEqual({ delivered: 1, dropped: 0, pending: 0 });
    await pass(0);
    expect(api.requests).toEqual([["one"], ["two"]]);
    expect(request.open).toBe(0);
  });

  test("that hears nothing from the API is let go after 25 s, and what is left is reported with its count", async () => {
    const { whisperr, onError, enter } = lifecycleStage(null);
    const request = enter();
    whisperr.track("ada", "one");
    whisperr.track("ada", "two");
    await pass(24_999);
    expect(request.open).toBe(1);
    expect(onError).not.toHaveBeenCalled();
    await pass(1);
    expect(request.open).toBe(0);
    expect(onError).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ type: "retry_exhausted", count: 2 }),
    );
    await pass(60_000);
    expect(whisperr.stats()).toMatchObject({ pending: 2 });
  });

  test("waitUntilTimeoutMs is that limit", async () => {
    const { whisperr, onError, enter } = lifecycleStage(503, { waitUntilTimeoutMs: 3000 });
    const request = enter();
    whisperr.track("ada", "one");
    await pass(2999);
    expect(request.open).toBe(1);
    await pass(1);
    expect(request.open).toBe(0);
    expect(onError).toHaveBeenCalledOnce();
  });

  test("is let go at once when the key is refused, and the next one tries again, once", async () => {
    const { api, whisperr, onError, enter } = lifecycleStage(401);
    const first = enter();
    whisperr.track("ada", "one");
    await pass(50);
    expect(first.open).toBe(0);
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ type: "auth" }));
    await pass(60_000);
    expect(api.requests.length).toBe(1);
    const second = enter();
    whisperr.track("ada", "two");
    await pass(50);
    expect(second.open).toBe(0);
    expect(api.requests.length).toBe(2);
    api.answer = 202;
    enter();
    whisperr.track("ada", "three");
    await pass(50);
    expect(api.requests.at(-1)).toEqual(["one", "two", "three"]);
    expect(whisperr.stats()).toMatchObject({ delivered: 3, pending: 0 });
  });

  test("is over when the key is refused, though the app gave an interval, which goes on if the platform lets it", async () => {
    const { api, whisperr, enter } = lifecycleStage(401, { flushIntervalMs: 2000 });
    const request = enter();
    whisperr.track("ada", "one");
    await pass(2000);
    expect(request.open).toBe(0);
    api.answer = 202;
    await pass(1999);
    expect(request.promises).toBe(1);
    expect(api.requests.length).toBe(1);
    await pass(1);
    expect(api.requests.length).toBe(2);
    expect(request.open).toBe(0);
    expect(whisperr.stats()).toMatchObject({ delivered: 1, pending: 0 });
  });

  test("that comes before that interval is over delivers what was kept, and nothing is tried again", async () => {
    const { api, whisperr, enter } = lifecycleStage(401, { flushIntervalMs: 2000 });
    enter();
    whisperr.track("ada", "one");
    await pass(2000);
    api.answer = 202;
    enter();
    await pass(1000);
    void whisperr.flush();
    await pass(1500);
    expect(api.requests).toEqual([["one"], ["one"]]);
  });

  test("is not held by a client that has shut down with something left", async () => {
    const { whisperr, enter } = lifecycleStage(null, { flushIntervalMs: 2000 });
    const request = enter();
    whisperr.track("ada", "one");
    void whisperr.shutdown({ timeoutMs: 500 });
    await pass(500);
    expect(request.open).toBe(0);
    whisperr.track("ada", "late");
    expect(request.open).toBe(0);
  });
});

test("flush() and shutdown() with NaN for a deadline have 10 seconds", async () => {
  const { whisperr, enter } = lifecycleStage(null, { requestTimeoutMs: 60_000 });
  enter();
  whisperr.track("ada", "one");
  const waits = [whisperr.flush({ timeoutMs: Number.NaN }), whisperr.shutdown({ timeoutMs: Number.NaN })];
  await pass(10_000);
  expect(await Promise.all(waits)).toEqual(Array(2).fill({ delivered: 0, dropped: 0, pending: 1 }));
});

describe("where the platform says no", () => {
  test("a waitUntil that throws is mentioned once, and delivery runs", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const waitUntil = () => {
      throw new Error("outside of a request");
    };
    const { api, whisperr } = lifecycleStage(202, { waitUntil });
    whisperr.track("ada", "one");
    await pass(50);
    whisperr.track("ada", "two");
    await pass(50);
    expect(api.requests).toEqual([["one"], ["two"]]);
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls[0]?.[0]).toContain("outside of a request");
    warn.mockRestore();
  });

  test("at global scope creation touches nothing, and an outbox that is not empty waits for the first request", async () => {
    const outbox = createMemoryOutbox();
    const earlier = lifecycleStage(null, { outbox, waitUntilTimeoutMs: 100 });
    earlier.enter();
    earlier.whisperr.track("ada", "one");
    await pass(100);
    const forbidden = () => {
      throw new Error("not at global scope");
    };
    const spies = [
      vi.spyOn(globalThis, "setTimeout").mockImplementation(forbidden),
      vi.spyOn(globalThis, "fetch").mockImplementation(forbidden),
      vi.spyOn(Math, "random").mockImplementation(forbidden),
      vi.spyOn(crypto, "getRandomValues").mockImplementation(forbidden),
      vi.spyOn(globalThis, "AbortController").mockImplementation(forbidden),
    ];
    const { api, whisperr, enter } = lifecycleStage(202, { outbox });
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
    await pass(1000);
    expect(api.requests).toEqual([]);
    enter();
    whisperr.track("ada", "two");
    await pass(50);
    expect(api.requests).toEqual([["one", "two"]]);
  });

  test("a call at global scope goes out with the first request, and one warning tells why it waits", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const forbidden = () => {
      throw new Error("not at global scope");
    };
    let isGlobal = true;
    const { api, whisperr } = lifecycleStage(202, {
      waitUntil: () => {
        if (isGlobal) forbidden();
      },
    });
    const spies = [
      vi.spyOn(globalThis, "setTimeout").mockImplementation(forbidden),
      vi.spyOn(globalThis, "fetch").mockImplementation(forbidden),
      vi.spyOn(crypto, "getRandomValues").mockImplementation(forbidden),
    ];
    whisperr.track("ada", "early");
    await Promise.resolve();
    for (const spy of spies) spy.mockRestore();
    await pass(1000);
    expect(api.requests).toEqual([]);
    isGlobal = false;
    whisperr.track("ada", "one");
    await pass(50);
    expect(api.requests).toEqual([["early", "one"]]);
    expect(warn.mock.calls).toEqual([[expect.stringContaining("not at global scope")]]);
    warn.mockRestore();
  });
});
