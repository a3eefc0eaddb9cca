import { describe, expect, test } from "vitest";
import { settle } from "../../test/fake-ports.ts";
import { answerTo, BATCH, exchange, never, response } from "../../test/transport-fixture.ts";
import type { FetchInit, FetchLike } from "../ports.ts";
import { noAnswer } from "./exchange.ts";

/** Throws for every question. */
function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
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

test.each([
  ["text/html", true],
  ["  Text/HTML; charset=utf-8", true],
  ["application/json", undefined],
  ["application/xhtml+text/html", undefined],
])("an answer of the type %s is a page: %s", async (type, isPage) => {
  const headers = new Map([["content-type", type]]) as never;

  expect(await answerTo(() => Promise.resolve(response({ headers })))).toMatchObject({ status: 202, isPage });
});

test("a redirect that the platform hides is an answer, of status 0", async () => {
  expect(await answerTo(() => Promise.resolve(response({ status: 0 })))).toMatchObject({
    status: 0,
    failure: undefined,
  });
});

describe("a failure", () => {
  test("is told in the network's words, cause included", async () => {
    const error = new Error("fetch failed", { cause: new Error("connect ECONNREFUSED") });

    expect(await answerTo(() => Promise.reject(error))).toEqual(
      noAnswer("fetch failed: connect ECONNREFUSED"),
    );
  });

  test("is no reason to ask twice: it may have arrived", async () => {
    let asked = 0;
    await answerTo(() => {
      asked += 1;
      return Promise.reject(new Error("socket hang up"));
    });

    expect(asked).toBe(1);
  });

  test("of a signal that fetch does not know is: the same request, without one", async () => {
    const calls: [string, FetchInit][] = [];
    const answer = await answerTo((url, init) => {
      calls.push([url, init]);
      if (init.signal)
        return Promise.reject(new TypeError('Expected signal to be an instance of "AbortSignal"'));
      return Promise.resolve(response());
    });

    expect(answer).toMatchObject({ status: 202 });
    const [[url, { signal, ...init }] = ["", {}], second] = calls;
    expect(signal).toBeDefined();
    expect(second).toEqual([url, { ...init, signal: undefined }]);
  });

  test("is told by its code when the cause has no message", async () => {
    const error = Object.assign(new Error("fetch failed"), { cause: { code: "UND_ERR_SOCKET" } });

    expect(await answerTo(() => Promise.reject(error))).toEqual(noAnswer("fetch failed: UND_ERR_SOCKET"));
  });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["an object without words", {}],
    ["words that are no text", { message: 7, cause: { message: 8, code: 9 } }],
    ["empty words", new Error("")],
    [
      "an error that cannot be read",
      {
        get message(): never {
          throw new Error("again");
        },
      },
    ],
    [
      "an error whose cause cannot be read",
      {
        message: "fetch failed",
        get cause(): never {
          throw new Error("again");
        },
      },
    ],
    ["a revoked proxy", revokedProxy()],
  ])("of %s still has words", async (_name, thrown) => {
    expect(await answerTo(() => Promise.reject(thrown))).toEqual(noAnswer("an exception without words"));
  });

  test("is one as well when fetch throws at once", async () => {
    const thrower: FetchLike = () => {
      throw new TypeError("not a fetch");
    };

    expect(await answerTo(thrower)).toEqual(noAnswer("not a fetch"));
  });

  test("is one as well when fetch gives something else than a response", async () => {
    expect(await answerTo((() => undefined) as unknown as FetchLike)).toHaveProperty("failure");
  });
});

describe("a status", () => {
  test.each<[string, unknown]>([
    ["a symbol", Symbol("202")],
    [
      "an object that throws",
      {
        valueOf() {
          throw new Error("not now");
        },
      },
    ],
  ])("that is %s is no answer", async (_name, status) => {
    expect(await answerTo(async () => response({ status: status as number }))).toHaveProperty("failure");
  });

  test.each<unknown>(["202", 202n])("that only looks like a number is one: %s", async (status) => {
    expect(await answerTo(async () => response({ status: status as number }))).toMatchObject({ status: 202 });
  });
});

test("where no AbortController can be made, a request is made without one, and ends at its time", async () => {
  const abortController = () => {
    throw new Error("there is none");
  };
  const { answer, request, timers } = exchange(never, { abortController });
  await settle();
  expect(answer()).toBeUndefined();
  timers.fire();
  await settle();

  expect(answer()).toEqual(noAnswer("no answer within 10000 ms"));
  expect(() => request.abort()).not.toThrow();
});

test("a fetch that refuses another one's AbortSignal sends without it", async () => {
  const signals: unknown[] = [];
  const { answer } = exchange(async (_url, init) => {
    signals.push(init.signal);
    if (init.signal)
      throw new TypeError('Expected signal ("AbortSignal {}") to be an instance of AbortSignal.');
    return new Response("{}", { status: 202 });
  });
  await settle();

  expect(answer()).toMatchObject({ status: 202 });
  expect(signals).toEqual([expect.anything(), undefined]);
});

test("a request that cannot be aborted ends all the same", async () => {
  const controller = new AbortController();
  const abort = () => {
    throw new Error("not now");
  };
  const { answer, timers } = exchange(never, {
    abortController: () => ({ signal: controller.signal, abort }),
  });

  expect(() => timers.fire()).not.toThrow();
  await settle();
  expect(answer()).toEqual(noAnswer("no answer within 10000 ms"));
});

describe("the timeout", () => {
  test("ends a request even when fetch ignores its signal", async () => {
    const { answer, timers } = exchange(never);
    expect(timers.delays()).toEqual([10_000]);

    timers.fire();
    await settle();

    expect(answer()).toEqual(noAnswer("no answer within 10000 ms"));
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

    expect(answer()).toEqual({ status: 202 });
  });
});

test("a 202 whose headers promise to say something is a 202 that says nothing", async () => {
  const { answer } = exchange(async () =>
    response({ headers: { get: never as never }, text: async () => "" }),
  );
  await settle();

  expect(answer()).toEqual({ status: 202, body: "" });
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
