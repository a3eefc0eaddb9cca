/** The client of one request, and how long the request stays open for it. */
import type { Operation } from "@whisperr/core";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { fakeApi, fakeRequest } from "../../test/fake-api.ts";
import type { WhisperrEdgeOptions } from "../options.ts";
import { createRequestClient } from "./request-client.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount(), "timers left behind").toBe(0);
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** One request, on a platform and an API that are played. `handled`: the app's handler has returned already. */
function requestFixture(
  answer: number | null = 202,
  options: Partial<WhisperrEdgeOptions> = {},
  { handled = true } = {},
) {
  const server = fakeApi(answer);
  const request = fakeRequest();
  const onError = vi.fn();
  const { api, handlerReturned } = createRequestClient(
    { apiKey: "wrk_test", waitUntil: request.waitUntil, fetch: server.fetch, onError, ...options },
    new Set(),
  );
  if (handled) handlerReturned();
  return { server, request, whisperr: api, handlerReturned, onError };
}

const retryExhausted = (count: number) => expect.objectContaining({ type: "retry_exhausted", count });

describe("while its handler runs", () => {
  test("events wait for each other, and go out when it returns", async () => {
    const { server, request, whisperr, handlerReturned } = requestFixture(202, {}, { handled: false });
    whisperr.track("ada", "one");
    await pass(5000);
    whisperr.track("ada", "two");
    expect(request).toMatchObject({ promises: 1, open: 1 });
    expect(server.requests).toEqual([]);
    handlerReturned();
    await pass(0);
    expect(server.requests).toEqual([["one", "two"]]);
    expect(request.open).toBe(0);
  });

  test("they wait for 10 s at most, as the handler may stream, or hang", async () => {
    const { server, request, whisperr } = requestFixture(202, {}, { handled: false });
    whisperr.track("ada", "one");
    await pass(9999);
    expect(server.requests).toEqual([]);
    await pass(1);
    expect(server.requests).toEqual([["one"]]);
    expect(request.open).toBe(0);
  });

  test("no deadline passes: the request is open by itself, and the wait counts from the return", async () => {
    const { server, request, whisperr, handlerReturned, onError } = requestFixture(
      null,
      { waitUntilTimeoutMs: 3000, requestTimeoutMs: 60_000 },
      { handled: false },
    );
    whisperr.track("ada", "one");
    await pass(20_000);
    expect(onError).not.toHaveBeenCalled();
    handlerReturned();
    await pass(2999);
    expect(onError).not.toHaveBeenCalled();
    expect(request.open).toBe(1);
    await pass(1);
    expect(onError).toHaveBeenCalledExactlyOnceWith(retryExhausted(1));
    expect(request.open).toBe(0);
    expect(server.requests.length).toBe(1);
  });

  test("an interval of the app's own counts, before and after it", async () => {
    const { server, whisperr, handlerReturned } = requestFixture(
      202,
      { flushIntervalMs: 2000 },
      { handled: false },
    );
    whisperr.track("ada", "one");
    await pass(2000);
    expect(server.requests).toEqual([["one"]]);
    handlerReturned();
    whisperr.track("ada", "two");
    await pass(1999);
    expect(server.requests).toEqual([["one"]]);
    await pass(1);
    expect(server.requests).toEqual([["one"], ["two"]]);
  });
});

describe("the request", () => {
  test("stays open for what is tracked after its handler, in a stream or in waitUntil, each time anew", async () => {
    const { server, request, whisperr } = requestFixture();
    for (const name of ["one", "two"]) {
      whisperr.track("ada", name);
      expect(request.open).toBe(1);
      await pass(50);
      expect(server.requests.at(-1)).toEqual([name]);
      expect(request.open).toBe(0);
    }
    expect(request.promises).toBe(2);
  });

  test("stays open through a backoff, and through a wait that the server asked for", async () => {
    const random = vi.spyOn(Math, "random").mockReturnValue(0);
    onTestFinished(() => random.mockRestore());
    const { server, request, whisperr } = requestFixture(503);
    whisperr.track("ada", "one");
    await pass(100);
    expect(request.open).toBe(1);
    server.answer = 429;
    server.retryAfter = "5";
    await pass(1000);
    server.answer = 202;
    await pass(4000);
    expect(request).toMatchObject({ promises: 1, open: 1 });
    await pass(1000);
    expect(server.requests).toHaveLength(3);
    expect(request.open).toBe(0);
  });

  test("does not stay open for calls that queue nothing", async () => {
    const { request, whisperr } = requestFixture();
    whisperr.track("", "no_user");
    await whisperr.flush();
    whisperr.stats();
    expect(request.promises).toBe(0);
  });

  test("stays open for flush() and shutdown(), which send at once", async () => {
    const { server, request, whisperr } = requestFixture();
    whisperr.track("ada", "one");
    expect(await whisperr.flush()).toEqual({ delivered: 1, dropped: 0, pending: 0 });
    whisperr.track("ada", "two");
    expect(await whisperr.shutdown()).toEqual({ delivered: 1, dropped: 0, pending: 0 });
    await pass(0);
    expect(server.requests).toEqual([["one"], ["two"]]);
    expect(request.open).toBe(0);
  });

  test("ends after 25 s, and what is left is reported with its count", async () => {
    const { request, whisperr, onError } = requestFixture(null);
    whisperr.track("ada", "one");
    whisperr.track("ada", "two");
    await pass(24_999);
    expect(request.open).toBe(1);
    expect(onError).not.toHaveBeenCalled();
    await pass(1);
    expect(request.open).toBe(0);
    expect(onError).toHaveBeenCalledExactlyOnceWith(retryExhausted(2));
    await pass(60_000);
    expect(request.promises).toBe(1);
    expect(whisperr.stats()).toMatchObject({ pending: 2 });
  });

  test("ends at its deadline while events wait for an interval, too", async () => {
    const { request, server, whisperr, onError } = requestFixture(202, {
      flushIntervalMs: 60_000,
      waitUntilTimeoutMs: 1000,
    });
    whisperr.track("ada", "one");
    await pass(1000);
    expect(request.open).toBe(0);
    expect(onError).toHaveBeenCalledExactlyOnceWith(retryExhausted(1));
    await pass(60_000);
    expect(server.requests).toEqual([["one"]]);
  });

  test("ends at once when the key is refused; the next event tries everything again, once", async () => {
    const { server, request, whisperr, onError } = requestFixture(401);
    whisperr.track("ada", "one");
    await pass(50);
    expect(request.open).toBe(0);
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ type: "auth", count: 1 }));
    await pass(60_000);
    expect(server.requests).toHaveLength(1);
    whisperr.track("ada", "two");
    expect(request.open).toBe(1);
    await pass(60_000);
    expect(server.requests).toEqual([["one"], ["one", "two"]]);
    server.answer = 202;
    whisperr.track("ada", "three");
    await pass(50);
    expect(server.requests.at(-1)).toEqual(["one", "two", "three"]);
    expect(request).toMatchObject({ promises: 3, open: 0 });
    expect(whisperr.stats()).toMatchObject({ delivered: 3, pending: 0 });
  });

  test("ends at once when retries are used up", async () => {
    const { server, request, whisperr, onError } = requestFixture(503, { maxRetries: 1 });
    whisperr.track("ada", "one");
    await pass(1000);
    expect(server.requests).toHaveLength(2);
    expect(onError).toHaveBeenCalledExactlyOnceWith(retryExhausted(1));
    expect(request).toMatchObject({ promises: 1, open: 0 });
    await pass(60_000);
    expect(server.requests).toHaveLength(2);
  });

  test("when they are used up by a server that asks for a wait: what comes before it is over waits, in an open request", async () => {
    const random = vi.spyOn(Math, "random").mockReturnValue(0);
    onTestFinished(() => random.mockRestore());
    const { server, request, whisperr } = requestFixture(429, { maxRetries: 0 });
    server.retryAfter = "10";
    whisperr.track("ada", "one");
    await pass(50);
    expect(request.open).toBe(0);
    await pass(5000);
    server.answer = 202;
    whisperr.track("ada", "two");
    expect(request.open).toBe(1);
    await pass(4999);
    expect(server.requests).toHaveLength(1);
    await pass(51);
    expect(server.requests).toEqual([["one"], ["one", "two"]]);
    expect(request.open).toBe(0);
  });

  test("goes on after the app's interval, ever more rarely while an outage lasts", async () => {
    const { server, whisperr } = requestFixture(503, { flushIntervalMs: 10_000 });
    whisperr.track("ada", "one");
    await pass(600_000);
    const atFirst = server.requests.length;
    expect(atFirst).toBeLessThan(30);
    await pass(3_000_000);
    expect(server.requests.length).toBeLessThan(atFirst + 20);
    server.answer = 202;
    await pass(600_000);
    expect(whisperr.stats()).toMatchObject({ delivered: 1, pending: 0 });
  });

  test("ends when the key is refused, though the app gave an interval, which goes on if the platform lets it", async () => {
    const { server, request, whisperr } = requestFixture(401, { flushIntervalMs: 10_000 });
    whisperr.track("ada", "one");
    await pass(10_000);
    server.answer = 202;
    await pass(9999);
    expect(request).toMatchObject({ promises: 1, open: 0 });
    expect(server.requests).toHaveLength(1);
    await pass(1);
    expect(server.requests).toHaveLength(2);
    expect(request.open).toBe(0);
  });

  test("does not stay open for a client that has shut down with something left", async () => {
    const { request, whisperr } = requestFixture(null, { flushIntervalMs: 2000 });
    whisperr.track("ada", "one");
    void whisperr.shutdown({ timeoutMs: 500 });
    expect(request.open).toBe(1);
    await pass(500);
    expect(request.open).toBe(0);
    whisperr.track("ada", "late");
    expect(request.promises).toBe(1);
  });

  test("delivers when waitUntil throws, which is mentioned once", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const waitUntil = () => {
      throw new Error("outside of a request");
    };
    const { server, whisperr } = requestFixture(202, { waitUntil });
    for (const name of ["one", "two"]) {
      whisperr.track("ada", name);
      await pass(50);
    }
    expect(server.requests).toEqual([["one"], ["two"]]);
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls[0]?.[0]).toContain("outside of a request");
  });

  test("is not touched by a disabled client, which needs no options", async () => {
    const { api, handlerReturned } = createRequestClient(
      { disabled: true } as WhisperrEdgeOptions,
      new Set(),
    );
    api.track("ada", "one");
    handlerReturned();
    expect(await api.flush()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
  });
});

test("a platform's outbox gets the operations in place of the API", async () => {
  const handOver = vi.fn(async (_operations: readonly Operation[], _isAhead?: boolean) => {});
  const { server, whisperr, request } = requestFixture(202, { outbox: { handOver } });
  whisperr.track("ada", "one");
  whisperr.track("ada", "two");
  await pass(50);
  const both = [expect.objectContaining({ event: "one" }), expect.objectContaining({ event: "two" })];
  expect(handOver).toHaveBeenCalledExactlyOnceWith(both, false);
  expect(server.requests).toEqual([]);
  expect(request.open).toBe(0);
});

test.each([undefined, null, "wrk_test"])("%s is refused as options, and the message says so", (options) => {
  expect(() => createRequestClient(options as never, new Set())).toThrow(/options must be an object/);
});
