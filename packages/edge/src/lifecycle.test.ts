import { createMemoryOutbox } from "@whisperr/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type FakeRequest, fakeApi, fakeRequest } from "../test/fake-api.ts";
import { createWhisperr, type WhisperrEdgeOptions } from "./create-whisperr.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount(), "timers left behind").toBe(0);
  vi.useRealTimers();
});

/** A client for all requests; `enter` says which one code runs in from then on. */
function stage(answer: number | null = 202, options: Partial<WhisperrEdgeOptions> = {}) {
  const api = fakeApi(answer);
  let current: FakeRequest | undefined;
  const onError = vi.fn();
  const whisperr = createWhisperr({
    apiKey: "wrk_test",
    waitUntil: (promise) => current?.waitUntil(promise),
    fetch: api.fetch,
    onError,
    ...options,
  });
  const enter = () => {
    current = fakeRequest();
    return current;
  };
  return { api, whisperr, onError, enter };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("one request", () => {
  test("passes one promise for a burst of calls; all of it travels in one API request, 50 ms later", async () => {
    const { api, whisperr, enter } = stage();
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
    const { api, whisperr, enter } = stage();
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
    const { whisperr, enter } = stage();
    const request = enter();
    whisperr.track("", "no_user");
    await whisperr.flush();
    whisperr.stats();
    expect(request.promises).toBe(0);
  });

  test("flush() sends at once and holds it; shutdown() too", async () => {
    const { api, whisperr, enter } = stage();
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
    const { whisperr, onError, enter } = stage(null);
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
    const { whisperr, onError, enter } = stage(503, { waitUntilTimeoutMs: 3000 });
    const request = enter();
    whisperr.track("ada", "one");
    await pass(2999);
    expect(request.open).toBe(1);
    await pass(1);
    expect(request.open).toBe(0);
    expect(onError).toHaveBeenCalledOnce();
  });

  test("is let go at once when the key is refused, and the next one tries again, once", async () => {
    const { api, whisperr, onError, enter } = stage(401);
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

  test("stays for the next interval after a refused key when the app gave one", async () => {
    const { api, whisperr, enter } = stage(401, { flushIntervalMs: 2000 });
    const request = enter();
    whisperr.track("ada", "one");
    await pass(2000);
    api.answer = 202;
    await pass(1999);
    expect(request.open).toBe(1);
    await pass(1);
    expect(request.open).toBe(0);
    expect(api.requests.length).toBe(2);
  });

  test("is not held by a client that has shut down with something left", async () => {
    const { whisperr, enter } = stage(null, { flushIntervalMs: 2000 });
    const request = enter();
    whisperr.track("ada", "one");
    void whisperr.shutdown({ timeoutMs: 500 });
    await pass(500);
    expect(request.open).toBe(0);
    whisperr.track("ada", "late");
    expect(request.open).toBe(0);
  });
});

describe("several requests", () => {
  test("that overlap share API requests, and each is let go when its own operations are delivered", async () => {
    const { api, whisperr, enter } = stage();
    const first = enter();
    whisperr.track("ada", "one");
    await pass(30);
    const second = enter();
    whisperr.track("bob", "two");
    await pass(20);
    expect(api.requests).toEqual([["one", "two"]]);
    expect([first.open, second.open]).toEqual([0, 0]);
  });

  test("one after the other without a pause: no request is held for what later ones track", async () => {
    const { whisperr, enter } = stage();
    const requests: FakeRequest[] = [];
    // A burst every 20 ms: the queue is never seen empty.
    for (let count = 0; count < 100; count++) {
      requests.push(enter());
      whisperr.track("ada", "step_taken");
      await pass(20);
    }
    const held = requests.filter(({ open }) => open > 0);
    expect(held.length).toBeLessThan(5);
    await pass(100);
    expect(requests.every(({ open }) => open === 0)).toBe(true);
    expect(whisperr.stats()).toMatchObject({ delivered: 100, pending: 0 });
  });

  test("at the deadline of the one that sends, the youngest goes on, and nothing is reported", async () => {
    const { api, whisperr, onError, enter } = stage(null, { requestTimeoutMs: 60_000 });
    const first = enter();
    whisperr.track("ada", "one");
    await pass(20_000);
    const second = enter();
    whisperr.track("bob", "two");
    await pass(4000);
    api.answer = 202;
    await pass(1000);
    expect([first.open, second.open]).toEqual([0, 1]);
    await pass(1500);
    expect(second.open).toBe(0);
    expect(onError).not.toHaveBeenCalled();
    expect(api.requests).toEqual([["one"], ["one", "two"]]);
  });

  test("a wait the server asked for goes on in the next request, for the rest of it", async () => {
    const { api, whisperr, enter } = stage(503, { waitUntilTimeoutMs: 10_000 });
    const answer = () => Promise.resolve(new Response("", { status: 429, headers: { "retry-after": "8" } }));
    const send = vi.fn<typeof api.fetch>().mockImplementationOnce(answer).mockImplementation(api.fetch);
    const limited = stage(202, { waitUntilTimeoutMs: 5000, fetch: send });
    limited.enter();
    limited.whisperr.track("ada", "one");
    await pass(4000);
    const second = limited.enter();
    limited.whisperr.track("bob", "two");
    api.answer = 202;
    await pass(4049);
    expect(send).toHaveBeenCalledTimes(1);
    await pass(1);
    expect(send).toHaveBeenCalledTimes(2);
    expect(second.open).toBe(0);
    expect(whisperr.stats().pending).toBe(0);
    enter();
  });

  test("what an expired one left is delivered with the next", async () => {
    const { api, whisperr, enter } = stage(null);
    enter();
    whisperr.track("ada", "one");
    await pass(25_000);
    api.answer = 202;
    enter();
    whisperr.track("bob", "two");
    await pass(100);
    expect(api.requests.at(-1)).toEqual(["one", "two"]);
  });

  test("one that its platform ended without a word is noticed: reported, and delivered with the next", async () => {
    const { api, whisperr, onError, enter } = stage(null, { requestTimeoutMs: 60_000 });
    enter();
    whisperr.track("ada", "one");
    await pass(1000);
    // Its timers are gone, and so is its request to the API.
    vi.clearAllTimers();
    api.answer = 202;
    vi.setSystemTime(Date.now() + 27_000);
    const second = enter();
    whisperr.track("bob", "two");
    await pass(100);
    expect(api.requests.at(-1)).toEqual(["one", "two"]);
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ type: "retry_exhausted" }));
    expect(second.open).toBe(0);
  });
});

describe("where the platform says no", () => {
  test("a waitUntil that throws is mentioned once, and delivery runs", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const waitUntil = () => {
      throw new Error("outside of a request");
    };
    const { api, whisperr } = stage(202, { waitUntil });
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
    const earlier = stage(null, { outbox, waitUntilTimeoutMs: 100 });
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
      vi.spyOn(crypto, "randomUUID").mockImplementation(forbidden),
      vi.spyOn(globalThis, "AbortController").mockImplementation(forbidden),
    ];
    const { api, whisperr, enter } = stage(202, { outbox });
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
});
