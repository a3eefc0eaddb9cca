import { describe, expect, test } from "vitest";
import { fakePorts, settle } from "../test/fake-ports.ts";
import type { Answer } from "./outcome.ts";
import type { FetchInit, FetchLike, FetchResponse } from "./ports.ts";
import { createTransport } from "./transport.ts";
import type { Batch } from "./wire.ts";

const BATCH: Batch = { path: "/v1/events/batch", body: '{"events":[]}', count: 1 };
const never = () => new Promise<never>(() => {});

function response(over: Partial<FetchResponse> = {}): FetchResponse {
  return { status: 202, headers: new Headers(), text: () => Promise.resolve("{}"), ...over };
}

/** A body that arrives in these parts, and then does `end`. */
function bodyOf(parts: readonly string[], end: () => Promise<{ done: true; value?: undefined }>) {
  const encoder = new TextEncoder();
  const waiting = [...parts];
  const body = {
    cancelled: false,
    getReader: () => ({
      read: async () => {
        const part = waiting.shift();
        return part === undefined ? end() : { done: false as const, value: encoder.encode(part) };
      },
      cancel: () => {
        body.cancelled = true;
        return Promise.resolve();
      },
    }),
  };
  return body;
}

function exchange(fetch: FetchLike) {
  const { ports, timers } = fakePorts({ fetch });
  const transport = createTransport(
    { baseUrl: "https://api.example.com/ingest", apiKey: "wrk_test", requestTimeoutMs: 10_000 },
    ports,
  );
  let answer: Answer | undefined;
  const request = transport(BATCH);
  void request.answer.then((given) => {
    answer = given;
  });
  return { request, timers, answer: () => answer };
}

async function answerTo(fetch: FetchLike): Promise<Answer | undefined> {
  const { answer, timers } = exchange(fetch);
  await settle();
  if (answer() !== undefined) expect(timers.delays(), "no timer outlives its request").toEqual([]);
  return answer();
}

test("a request is a POST of the body to baseUrl, with the key in its header and no redirect followed", async () => {
  const calls: [string, FetchInit][] = [];
  await answerTo((url, init) => {
    calls.push([url, init]);
    return Promise.resolve(response());
  });

  expect(calls).toEqual([
    [
      "https://api.example.com/ingest/v1/events/batch",
      {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-API-Key": "wrk_test" },
        body: BATCH.body,
        redirect: "manual",
        signal: expect.any(AbortSignal),
      },
    ],
  ]);
});

test("fetch is called without a this: browsers refuse any other", async () => {
  let self: unknown = "not called";
  await answerTo(function (this: unknown) {
    self = this;
    return Promise.resolve(response());
  });

  expect(self).toBeUndefined();
});

describe("an answer", () => {
  test("is status, text and Retry-After", async () => {
    const headers = new Headers({ "Retry-After": "7" });

    expect(
      await answerTo(async () => response({ status: 429, headers, text: async () => "slow down" })),
    ).toEqual({
      status: 429,
      body: "slow down",
      retryAfter: "7",
    });
  });

  test("is read from the stream when there is one, in whatever parts it comes", async () => {
    const body = bodyOf(['{"rej', 'ected":1}'], async () => ({ done: true }));

    expect(await answerTo(async () => response({ body, text: never }))).toMatchObject({
      body: '{"rejected":1}',
    });
  });

  test("keeps its verdict when the body breaks off", async () => {
    const body = bodyOf(['{"acc'], () => Promise.reject(new Error("reset")));

    expect(await answerTo(async () => response({ body }))).toEqual({
      status: 202,
      body: "",
      retryAfter: null,
    });
    expect(await answerTo(async () => response({ text: () => Promise.reject(new Error("reset")) }))).toEqual({
      status: 202,
      body: "",
      retryAfter: null,
    });
  });

  test("is read to a bound only, and the rest is let go of", async () => {
    const body = bodyOf(["x".repeat(10_000), "y".repeat(10_000)], never);

    expect(await answerTo(async () => response({ body }))).toMatchObject({
      body: "x".repeat(10_000) + "y".repeat(6384),
    });
    expect(body.cancelled).toBe(true);
    expect(await answerTo(async () => response({ text: async () => "x".repeat(99_999) }))).toMatchObject({
      body: "x".repeat(16_384),
    });
  });
});

describe("a failure", () => {
  test("is told in the network's words, cause included", async () => {
    const error = new Error("fetch failed", { cause: new Error("connect ECONNREFUSED") });

    expect(await answerTo(() => Promise.reject(error))).toEqual({
      failure: "fetch failed: connect ECONNREFUSED",
    });
  });

  test("is told by its code when the cause has no message", async () => {
    const error = Object.assign(new Error("fetch failed"), { cause: { code: "UND_ERR_SOCKET" } });

    expect(await answerTo(() => Promise.reject(error))).toEqual({ failure: "fetch failed: UND_ERR_SOCKET" });
  });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["an object without words", {}],
  ])("of %s still has words", async (_name, thrown) => {
    expect(await answerTo(() => Promise.reject(thrown))).toEqual({ failure: "the request failed" });
  });

  test("is one as well when fetch throws at once", async () => {
    const thrower: FetchLike = () => {
      throw new TypeError("not a fetch");
    };

    expect(await answerTo(thrower)).toEqual({ failure: "not a fetch" });
  });

  test("is one as well when fetch gives something else than a response", async () => {
    expect(await answerTo((() => undefined) as unknown as FetchLike)).toHaveProperty("failure");
  });
});

describe("the timeout", () => {
  test("ends a request even when fetch ignores its signal", async () => {
    const { answer, timers } = exchange(never);
    expect(timers.delays()).toEqual([10_000]);

    timers.fire();
    await settle();

    expect(answer()).toEqual({ failure: "no answer within 10000 ms" });
  });

  test("tells fetch to let go", () => {
    let signal: AbortSignal | undefined;
    const { timers } = exchange((_url, init) => {
      signal = init.signal as AbortSignal;
      return never();
    });

    timers.fire();

    expect(signal?.aborted).toBe(true);
  });

  test("takes nothing from a status that is here already: a 202 whose body hangs is a 202", async () => {
    const { answer, timers } = exchange(async () => response({ text: never }));
    await settle();
    expect(answer()).toBeUndefined();

    timers.fire();
    await settle();

    expect(answer()).toEqual({ status: 202, body: "", retryAfter: null });
  });
});

test("an aborted request ends as a failure, and leaves no timer", async () => {
  const { request, answer, timers } = exchange(
    (_url, init) =>
      new Promise((_resolve, reject) => {
        const signal = init.signal as AbortSignal;
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
  );

  request.abort();
  await settle();

  expect(answer()).toHaveProperty("failure");
  expect(timers.delays()).toEqual([]);
});

test("an aborted request ends even when fetch ignores its signal", async () => {
  const { request, answer, timers } = exchange(never);

  request.abort();
  await settle();

  expect(answer()).toHaveProperty("failure");
  expect(timers.delays()).toEqual([]);
});
