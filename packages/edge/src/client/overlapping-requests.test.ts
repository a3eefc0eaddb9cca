/** Requests that overlap, and share a client. */
import type { FetchLike } from "@whisperr/core";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { type FakeRequest, fakeApi } from "../../test/fake-api.ts";
import { lifecycleStage, pass, recordTimers } from "../../test/lifecycle-stage.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount(), "timers left behind").toBe(0);
  vi.useRealTimers();
});

describe("several requests", () => {
  test("that overlap share API requests, and each is let go when its own operations are delivered", async () => {
    const { api, whisperr, enter } = lifecycleStage();
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
    const { whisperr, enter } = lifecycleStage(202, { fetch: later(fakeApi().fetch, 100) });
    const requests: FakeRequest[] = [];
    // A burst every 20 ms, answers after 100: the queue is never empty.
    for (let count = 0; count < 100; count++) {
      requests.push(enter());
      whisperr.track("ada", "step_taken");
      await pass(20);
      if (count > 10) expect(whisperr.stats().pending).toBeGreaterThan(0);
    }
    const held = requests.filter(({ open }) => open > 0);
    expect(held.length).toBeLessThan(20);
    await pass(1000);
    expect(requests.every(({ open }) => open === 0)).toBe(true);
    expect(whisperr.stats()).toMatchObject({ delivered: 100, pending: 0 });
  });

  test("the one in which a batch is under way stays for it; the next batch goes out in the youngest", async () => {
    const { whisperr, enter } = lifecycleStage(202, { fetch: later(fakeApi().fetch, 100), flushAt: 1 });
    const first = enter();
    whisperr.track("ada", "one");
    await pass(50);
    const second = enter();
    whisperr.track("bob", "two");
    await pass(49);
    expect([first.open, second.open]).toEqual([1, 1]);
    await pass(11);
    expect(whisperr.stats()).toMatchObject({ delivered: 1, pending: 1 });
    expect([first.open, second.open]).toEqual([0, 1]);
    await pass(89);
    expect([first.open, second.open]).toEqual([0, 1]);
    await pass(11);
    expect([first.open, second.open]).toEqual([0, 0]);
  });

  test("an attempt is made in the one with the most time left, so that the end of another does not cut it off", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.999);
    const api = fakeApi(503);
    const { whisperr, onError, enter } = lifecycleStage(202, {
      fetch: later(api.fetch, 300),
      waitUntilTimeoutMs: 1300,
      backoff: { baseMs: 800, maxMs: 800 },
    });
    const first = enter();
    whisperr.track("ada", "one");
    await pass(500);
    api.answer = 202;
    const second = enter();
    whisperr.track("bob", "two");
    // The first answer comes after 350 ms, the second attempt 800 later, its answer after another 300: at 1450.
    await pass(801);
    expect([first.open, second.open]).toEqual([0, 1]);
    await pass(200);
    expect(api.requests).toEqual([["one"], ["one", "two"]]);
    expect([first.open, second.open]).toEqual([0, 0]);
    expect(onError).not.toHaveBeenCalled();
  });

  test("at the deadline of the one that sends, the youngest goes on, and nothing is reported", async () => {
    const { api, whisperr, onError, enter } = lifecycleStage(null, { requestTimeoutMs: 60_000 });
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
    const random = vi.spyOn(Math, "random").mockReturnValue(0);
    onTestFinished(() => random.mockRestore());
    const limited = () => new Response("", { status: 429, headers: { "retry-after": "8" } });
    const fetch = vi
      .fn()
      .mockImplementationOnce(async () => limited())
      .mockImplementation(fakeApi().fetch);
    const { whisperr, enter } = lifecycleStage(202, { waitUntilTimeoutMs: 5000, fetch });
    const ofFirst = recordTimers();
    enter();
    whisperr.track("ada", "one");
    await pass(4000);
    ofFirst.stop();
    const second = enter();
    whisperr.track("bob", "two");
    await pass(1000);
    // The second's deadline, and the wait: one of each.
    expect(vi.getTimerCount()).toBe(2);
    ofFirst.end();
    await pass(3049);
    expect(fetch).toHaveBeenCalledTimes(1);
    await pass(1);
    expect(fetch).toHaveBeenCalledTimes(2);
    expect(second.open).toBe(0);
  });

  test("what an expired one left is delivered with the next", async () => {
    const { api, whisperr, enter } = lifecycleStage(null);
    enter();
    whisperr.track("ada", "one");
    await pass(25_000);
    api.answer = 202;
    enter();
    whisperr.track("bob", "two");
    await pass(100);
    expect(api.requests.at(-1)).toEqual(["one", "two"]);
  });

  test("one whose event was taken before one that is in front stays until that one is settled too", async () => {
    const api = fakeApi();
    const { whisperr, onError, enter } = lifecycleStage(202, {
      fetch(url, init) {
        api.answer = init.body.includes('"bad"') ? 500 : 202;
        return api.fetch(url, init);
      },
    });
    enter();
    whisperr.track("ada", "bad");
    await pass(60_000);
    enter();
    void whisperr.flush();
    await pass(60_000);
    const third = enter();
    whisperr.track("bob", "fine");
    await pass(50);
    expect(api.requests.slice(-2)).toEqual([["fine"], ["bad"]]);
    expect(onError).toHaveBeenLastCalledWith(
      expect.objectContaining({ type: "dropped", reason: "undeliverable" }),
    );
    expect(third.open).toBe(0);
    expect(whisperr.stats()).toMatchObject({ delivered: 1, dropped: { undeliverable: 1 }, pending: 0 });
  });

  test("one that its platform ended without a word is noticed: reported, and delivered with the next", async () => {
    const { api, whisperr, onError, enter } = lifecycleStage(null, { requestTimeoutMs: 60_000 });
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

/** The same, so many ms later. */
function later(fetch: FetchLike, ms: number): FetchLike {
  return async (...request) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return fetch(...request);
  };
}
