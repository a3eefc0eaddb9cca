import { createMemoryOutbox, type Operation } from "@whisperr/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fakeApi, fakeRequest } from "../../test/fake-api.ts";
import { tooLargeForPlatform } from "../hand-over/too-large.ts";
import { createWhisperr } from "./create-whisperr.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const { waitUntil } = fakeRequest();

describe("options", () => {
  test.each([
    ["no options", undefined, /options/],
    ["no waitUntil", { apiKey: "wrk_test" }, /waitUntil must be/],
    ["a deadline of nothing", { apiKey: "wrk_test", waitUntil, waitUntilTimeoutMs: 0 }, /waitUntilTimeoutMs/],
    ["an outbox that is none", { apiKey: "wrk_test", waitUntil, outbox: {} }, /outbox/],
    ["an interval below zero", { apiKey: "wrk_test", waitUntil, flushIntervalMs: -1 }, /flushIntervalMs/],
  ])("%s is refused at creation, by its name", (_what, options, message) => {
    expect(() => createWhisperr(options as never)).toThrow(message);
  });

  test.each([undefined, "", " \n", "wrk_in two", 7])(
    "the key %j makes a client that is off, and says so",
    async (apiKey) => {
      const error = vi.spyOn(console, "error").mockImplementation(() => {});
      const [api, request] = [fakeApi(), fakeRequest()];
      const whisperr = createWhisperr({ apiKey: apiKey as string, ...api, waitUntil: request.waitUntil });
      whisperr.track("ada", "one");
      expect(await whisperr.flush()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
      expect(error.mock.calls).toEqual([[expect.stringMatching(/Nothing is recorded.*apiKey/)]]);
      expect(request.promises).toBe(0);
      error.mockRestore();
    },
  );

  test("blanks around the key are not part of it", async () => {
    const fetch = vi.fn(fakeApi().fetch);
    const whisperr = createWhisperr({ apiKey: " wrk_test\r\n", waitUntil, fetch });
    whisperr.track("ada", "one");
    await whisperr.flush();
    expect(fetch.mock.calls[0]?.[1].headers).toMatchObject({ "X-API-Key": "wrk_test" });
  });

  test("every event says which SDK recorded it; what the app says wins", async () => {
    const fetch = vi.fn(fakeApi().fetch);
    const whisperr = createWhisperr({ apiKey: "wrk_test", waitUntil, fetch });
    whisperr.track("ada", "one");
    whisperr.track("ada", "two", {}, { library: "mine" });
    await whisperr.flush();
    const { events } = JSON.parse(fetch.mock.calls[0]?.[1].body ?? "");
    expect(events).toMatchObject([
      { context: { library: { name: "@whisperr/edge", version: "0.0.0" } } },
      { context: { library: "mine" } },
    ]);
  });

  test("disabled needs nothing, does nothing and holds nothing", async () => {
    const request = fakeRequest();
    const whisperr = createWhisperr({ disabled: true, waitUntil: request.waitUntil });
    whisperr.track("ada", "one");
    expect(await whisperr.flush()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
    expect(request.promises).toBe(0);
  });

  test("the app's fetch is called unbound, and its outbox is used", async () => {
    const api = fakeApi();
    const outbox = createMemoryOutbox();
    let receiver: unknown = "not called";
    const whisperr = createWhisperr({
      apiKey: "wrk_test",
      waitUntil,
      outbox,
      fetch(this: unknown, ...args) {
        receiver = this;
        return api.fetch(...args);
      },
    });
    whisperr.track("ada", "one");
    expect(outbox.size).toBe(1);
    await pass(50);
    expect(outbox.size).toBe(0);
    expect(receiver).toBeUndefined();
  });
});

describe("a platform's outbox", () => {
  function stage(handOver: (operations: readonly Operation[]) => Promise<void>) {
    const handed: string[][] = [];
    const onError = vi.fn();
    const fetch = vi.fn();
    const outbox = {
      handOver(operations: readonly Operation[]) {
        handed.push(operations.map((one) => (one.kind === "track" ? one.event : "identify")));
        return handOver(operations);
      },
    };
    const request = fakeRequest();
    const whisperr = createWhisperr({
      apiKey: "wrk_test",
      waitUntil: request.waitUntil,
      outbox,
      onError,
      fetch,
    });
    return { whisperr, handed, onError, fetch, request };
  }

  test("gets the operations, in order, in place of the API", async () => {
    const { whisperr, handed, fetch, request } = stage(async () => {});
    whisperr.track("ada", "one");
    whisperr.identify("ada", { traits: { plan: "pro" } });
    whisperr.track("ada", "two");
    expect(await whisperr.flush()).toEqual({ delivered: 3, dropped: 0, pending: 0 });
    expect(handed.flat()).toEqual(["one", "identify", "two"]);
    expect(fetch).not.toHaveBeenCalled();
    await pass(0);
    expect(request.open).toBe(0);
  });

  test("gets them again when it fails, throws or does not answer", async () => {
    const failures = [
      () => Promise.reject(new Error("the queue is full")),
      () => {
        throw new Error("no such binding");
      },
      () => new Promise<void>(() => {}),
    ];
    const { whisperr, handed, onError, request } = stage(() => failures.shift()?.() ?? Promise.resolve());
    whisperr.track("ada", "one");
    await pass(20_000);
    expect(handed).toEqual([["one"], ["one"], ["one"], ["one"]]);
    expect(whisperr.stats()).toMatchObject({ delivered: 1, pending: 0 });
    expect(onError).not.toHaveBeenCalled();
    expect(request.open).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("takes what stands behind an operation that it never takes", async () => {
    const { whisperr, handed, request, onError } = stage(async (operations) => {
      if (operations.some((one) => one.kind === "track" && one.event === "bad")) throw new Error("refused");
    });
    for (const name of ["one", "bad", "two", "three"]) whisperr.track("ada", name);
    for (let i = 0; i < 20 && onError.mock.lastCall?.[0].reason !== "undeliverable"; i++) {
      await pass(25_000);
      whisperr.track("ada", "more");
    }
    await pass(25_000);
    expect(whisperr.stats()).toMatchObject({ dropped: { undeliverable: 1 }, pending: 0 });
    expect(handed.filter((names) => !names.includes("bad")).flat()).toEqual(
      expect.arrayContaining(["one", "two", "three"]),
    );
    expect(request.open).toBe(0);
  });

  test("loses what it cannot hold, and nothing else", async () => {
    const { whisperr, onError } = stage(async (operations) => {
      const large = operations.some((one) => one.kind === "track" && one.event === "large");
      if (large) throw tooLargeForPlatform("a message", 100);
    });
    for (const name of ["one", "large", "two"]) whisperr.track("ada", name);
    expect(await whisperr.flush()).toEqual({ delivered: 2, dropped: 1, pending: 0 });
    expect(onError).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ type: "dropped", reason: "too_large" }),
    );
  });
});
