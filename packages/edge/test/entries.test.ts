/** The platforms' entries, each on a platform that is played. */
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { withWhisperr } from "../src/cloudflare.ts";
import { type WhisperrVariables, whisperr } from "../src/hono.ts";
import { createWhisperr as createForNext } from "../src/next.ts";
import { createWhisperr as createForVercel } from "../src/vercel.ts";
import { fakeApi, fakeRequest } from "./fake-api.ts";

const after = vi.hoisted(() => vi.fn());
vi.mock("next/server.js", () => ({ after }));

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubEnv("WHISPERR_API_KEY", "wrk_environment");
});
afterEach(() => {
  expect(vi.getTimerCount(), "timers left behind").toBe(0);
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.clearAllMocks();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("withWhisperr", () => {
  const api = fakeApi();
  const env = { KEY: "wrk_test" };
  const options = ({ KEY }: typeof env) => ({ apiKey: KEY, fetch: api.fetch });
  beforeEach(() => void api.requests.splice(0));

  test("what a slow handler tracks travels together, when it has returned", async () => {
    const handler = withWhisperr<typeof env>(async (_request, _env, _ctx, client) => {
      client.track("ada", "one");
      await new Promise((resolve) => setTimeout(resolve, 500));
      client.track("ada", "two");
      return new Response("ok");
    }, options);
    const ctx = fakeRequest();
    const answer = handler(new Request("http://app"), env, ctx);
    await pass(499);
    expect(api.requests).toEqual([]);
    await pass(1);
    expect(await (await answer).text()).toBe("ok");
    expect(api.requests).toEqual([["one", "two"]]);
    expect(ctx.open).toBe(0);
  });

  test("what a stream tracks later is delivered too", async () => {
    const handler = withWhisperr<typeof env>((_request, _env, _ctx, client) => {
      setTimeout(() => client.track("ada", "late"), 1000);
      return new Response("ok");
    }, options);
    const ctx = fakeRequest();
    await handler(new Request("http://app"), env, ctx);
    await pass(1000);
    expect(ctx.open).toBe(1);
    await pass(50);
    expect(api.requests).toEqual([["late"]]);
    expect(ctx.open).toBe(0);
  });

  test("a handler that throws fails its request, and its events arrive", async () => {
    const handler = withWhisperr<typeof env>((_request, _env, _ctx, client) => {
      client.track("ada", "one");
      throw new Error("the app's own");
    }, options);
    await expect(handler(new Request("http://app"), env, fakeRequest())).rejects.toThrow("the app's own");
    await pass(0);
    expect(api.requests).toEqual([["one"]]);
  });

  test("options that make no sense fail the request, with the fix", async () => {
    const handler = withWhisperr<typeof env>(
      () => new Response("ok"),
      ({ KEY }) => ({ apiKey: KEY, flushAt: 0 }),
    );
    await expect(handler(new Request("http://app"), env, fakeRequest())).rejects.toThrow(/flushAt/);
  });

  test("without a key requests are answered, and the console says once what is wrong", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    const handler = withWhisperr<{ KEY?: string }>(
      (_request, _env, _ctx, client) => {
        client.track("ada", "one");
        return new Response("ok");
      },
      ({ KEY }) => ({ apiKey: KEY }),
    );
    for (const name of ["first", "second"])
      expect(await (await handler(new Request(`http://app/${name}`), {}, fakeRequest())).text()).toBe("ok");
    expect(error.mock.calls).toEqual([[expect.stringContaining("apiKey is missing")]]);
    error.mockRestore();
  });
});

describe("withWhisperr around all handlers of a Worker", () => {
  const api = fakeApi();
  interface Env {
    readonly KEY: string;
  }
  const worker = withWhisperr(
    {
      fetch(request: Request, _env, _ctx, client) {
        client.track("ada", "fetched", { path: new URL(request.url).pathname });
        return new Response(Object.keys(this).join());
      },
      async scheduled({ cron }, _env, _ctx, client) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        client.track("ada", "scheduled", { cron });
      },
      queue({ messages }, _env, _ctx, client) {
        client.track("ada", "queued", { count: messages.length });
      },
      email({ from }, _env, _ctx, client) {
        client.track(from, "mailed");
      },
      tail(events, _env, _ctx, client) {
        client.track("ada", "tailed", { count: events.length });
        throw new Error("the app's own");
      },
    },
    ({ KEY }: Env) => ({ apiKey: KEY, fetch: api.fetch }),
  );
  const env = { KEY: "wrk_test" };
  beforeEach(() => void api.requests.splice(0));

  test("fetch answers, with `this` as it was", async () => {
    const answer = await worker.fetch(new Request("http://app/a"), env, fakeRequest());
    expect(await answer.text()).toBe("fetch,scheduled,queue,email,tail");
    await pass(0);
    expect(api.requests).toEqual([["fetched"]]);
  });

  test("what each of the others tracks is delivered before its call may end", async () => {
    const ctx = fakeRequest();
    const calls = [
      worker.scheduled({ cron: "* * * * *", scheduledTime: 0 }, env, ctx),
      worker.queue({ messages: [], retryAll() {} }, env, ctx),
      worker.email({ from: "ada@example.com", to: "shop@example.com" }, env, ctx),
    ];
    await pass(100);
    await Promise.all(calls);
    await pass(0);
    expect(api.requests.sort()).toEqual([["mailed"], ["queued"], ["scheduled"]]);
    expect(ctx.open).toBe(0);
  });

  test("one that throws fails its call alone, and its events arrive", async () => {
    await expect(worker.tail([{}, {}], env, fakeRequest())).rejects.toThrow("the app's own");
    await pass(0);
    expect(api.requests).toEqual([["tailed"]]);
  });
});

describe("Hono", () => {
  test("sets a client of the request, whose events go out when the handlers have returned", async () => {
    const api = fakeApi();
    const app = new Hono<{ Bindings: { KEY: string }; Variables: WhisperrVariables }>();
    app.use(whisperr((c) => ({ apiKey: c.env.KEY, fetch: api.fetch })));
    app.get("/", (c) => {
      c.get("whisperr").track("ada", "one");
      return c.text("ok");
    });
    const ctx = { ...fakeRequest(), passThroughOnException() {}, props: {} };
    expect(await (await app.request("/", {}, { KEY: "wrk_test" }, ctx)).text()).toBe("ok");
    await pass(0);
    expect(api.requests).toEqual([["one"]]);
  });

  test("needs no execution context", async () => {
    const api = fakeApi();
    const warn = vi.spyOn(console, "warn");
    const app = new Hono<{ Variables: WhisperrVariables }>();
    app.use(whisperr({ apiKey: "wrk_test", fetch: api.fetch }));
    app.get("/", (c) => {
      c.var.whisperr.track("ada", "one");
      return c.text("ok");
    });
    expect((await app.request("/")).status).toBe(200);
    await pass(0);
    expect(api.requests).toEqual([["one"]]);
    expect(warn).not.toHaveBeenCalled();
  });
});

describe("Vercel", () => {
  const context = Symbol.for("@vercel/request-context");
  const platform = globalThis as { [context]?: unknown };
  afterEach(() => void delete platform[context]);

  test("finds the request of each call, and the key in the environment", async () => {
    const fetch = vi.fn().mockResolvedValue(new Response("{}"));
    const requests = [fakeRequest(), fakeRequest()];
    const client = createForVercel({ fetch });
    for (const request of requests) {
      platform[context] = { get: () => request };
      client.track("ada", "one");
      await pass(0);
    }
    expect(requests.map(({ promises }) => promises)).toEqual([1, 1]);
    await pass(50);
    expect(requests.map(({ open }) => open)).toEqual([0, 0]);
    expect(fetch).toHaveBeenCalledOnce();
    expect(fetch.mock.calls[0]?.[1].headers["X-API-Key"]).toBe("wrk_environment");
  });

  test("delivers where there is no request context", async () => {
    const api = fakeApi();
    createForVercel({ apiKey: "wrk_test", fetch: api.fetch }).track("ada", "one");
    await pass(50);
    expect(api.requests).toEqual([["one"]]);
  });
});

describe("Next.js", () => {
  test("after() gets one promise for a burst, which ends with delivery", async () => {
    const api = fakeApi();
    const client = createForNext({ fetch: api.fetch });
    client.track("ada", "one");
    client.track("ada", "two");
    expect(after).toHaveBeenCalledOnce();
    await pass(50);
    await expect(after.mock.calls[0]?.[0]).resolves.toBeUndefined();
    expect(api.requests).toEqual([["one", "two"]]);
  });
});
