/** The platforms' entries, each on a platform that is played. */
import { EventEmitter } from "node:events";
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Whisperr } from "../src/client/create-whisperr.ts";
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

test("withWhisperr takes an instance of a class, whose handlers stand on the class", async () => {
  const api = fakeApi();
  class Base {
    readonly greeting = "hello";
    readonly #event = "fetched";
    fetch(_request: Request, _env: unknown, _ctx: unknown, client: Whisperr) {
      client.track("ada", this.#event);
      return new Response(this.greeting);
    }
  }
  class Shop extends Base {
    async scheduled({ cron }: { readonly cron: string }, _env: unknown, _ctx: unknown, client: Whisperr) {
      client.track("ada", "scheduled", { cron });
    }
  }
  const worker = withWhisperr(new Shop(), () => ({ apiKey: "wrk_test", fetch: api.fetch }));
  expect(Object.keys(worker).sort()).toEqual(["fetch", "greeting", "scheduled"]);
  const answer = await worker.fetch(new Request("http://app"), {}, fakeRequest());
  expect(await answer.text()).toBe("hello");
  await worker.scheduled({ cron: "* * * * *" }, {}, fakeRequest());
  await pass(0);
  expect(api.requests).toEqual([["fetched"], ["scheduled"]]);
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
  const vercel = Symbol.for("@vercel/request-context");
  const anywhere = Symbol.for("@next/request-context");
  const platform = globalThis as { [vercel]?: unknown; [anywhere]?: unknown };
  const outside = () => {
    throw new Error("`after` was called outside a request scope.");
  };
  afterEach(() => {
    after.mockReset();
    delete platform[vercel];
    delete platform[anywhere];
  });

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

  test.each([
    ["Vercel", vercel],
    ["another platform", anywhere],
  ])("in the Pages Router the request is held by %s", async (_name, key) => {
    after.mockImplementation(outside);
    const [api, request] = [fakeApi(), fakeRequest()];
    platform[key as typeof vercel] = { get: () => request };
    createForNext({ fetch: api.fetch }).track("ada", "one");
    expect(request.open).toBe(1);
    await pass(50);
    expect(request.open).toBe(0);
    expect(api.requests).toEqual([["one"]]);
  });

  test("in the Pages Router of a server of its own delivery just runs", async () => {
    after.mockImplementation(outside);
    const warn = vi.spyOn(console, "warn");
    const api = fakeApi();
    createForNext({ fetch: api.fetch }).track("ada", "one");
    await pass(50);
    expect(api.requests).toEqual([["one"]]);
    expect(warn).not.toHaveBeenCalled();
  });

  test("a platform that holds nothing is worth a warning", async () => {
    after.mockImplementation(() => {
      throw new Error("`waitUntil` is not available in the current environment.");
    });
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    createForNext({ fetch: fakeApi().fetch }).track("ada", "one");
    await pass(50);
    expect(warn.mock.calls).toEqual([[expect.stringContaining("waitUntil failed")]]);
    warn.mockRestore();
  });

  test("its requests are none that Next.js caches, or has a page wait for", async () => {
    const api = fakeApi();
    const patched = vi.fn();
    vi.stubGlobal("fetch", Object.assign(patched, { _nextOriginalFetch: api.fetch }));
    createForNext().track("ada", "one");
    await pass(50);
    expect(patched).not.toHaveBeenCalled();
    expect(api.requests).toEqual([["one"]]);
  });

  test("while the site is built, with or without a key, nothing is recorded, and that is said once", async () => {
    vi.stubEnv("NEXT_PHASE", "phase-production-build");
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    for (const apiKey of ["wrk_test", ""]) {
      vi.stubEnv("WHISPERR_API_KEY", apiKey);
      const client = createForNext();
      expect(warn).not.toHaveBeenCalled();
      client.track("ada", "one");
      client.forUser("ada").identify();
      expect(client.stats()).toMatchObject({ accepted: 0 });
      expect(warn.mock.calls).toEqual([[expect.stringContaining("await connection()")]]);
      warn.mockClear();
    }
    expect(after).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  test.each([
    ["", "wrk_environment"],
    ["", ""],
    ["phase-production-build", "wrk_environment"],
    ["phase-production-build", ""],
  ])("a wrong option is refused, in phase %j with %j for a key", (phase, key) => {
    vi.stubEnv("NEXT_PHASE", phase);
    vi.stubEnv("WHISPERR_API_KEY", key);
    expect(() => createForNext({ baseUrl: "not an address" })).toThrow(/baseUrl/);
    expect(() => createForNext({ outbox: {} as never })).toThrow(/outbox/);
    expect(() => createForNext({ events: { odd: 7 as never } })).toThrow(/schema of odd/);
  });

  test("creation without a key is silent and touches nothing, but for an unknown option: that is said once", () => {
    vi.stubEnv("WHISPERR_API_KEY", "");
    const spies = [
      ...(["warn", "error"] as const).map((name) => vi.spyOn(console, name).mockReturnValue()),
      ...(["setTimeout", "fetch"] as const).map((name) => vi.spyOn(globalThis, name)),
    ];
    for (const phase of ["", "phase-production-build"]) {
      vi.stubEnv("NEXT_PHASE", phase);
      createForNext();
    }
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
    vi.stubEnv("NEXT_PHASE", "");
    const client = createForNext({ fetch: fakeApi().fetch, flushInterval: 7 } as object);
    vi.stubEnv("WHISPERR_API_KEY", "wrk_late");
    client.stats();
    expect(spies[0]?.mock.calls).toEqual([[expect.stringContaining('no option "flushInterval"')]]);
    for (const spy of spies) spy.mockRestore();
  });

  test("what makes no sense only when the key is there throws at no call, and is said once", async () => {
    const error = vi.spyOn(console, "error").mockReturnValue();
    vi.stubEnv("WHISPERR_API_KEY", "");
    const options = { baseUrl: "https://api.example.com" };
    const client = createForNext(options);
    options.baseUrl = "http://api.example.com";
    vi.stubEnv("WHISPERR_API_KEY", "wrk_late");
    client.track("ada", "one");
    client.forUser("ada").identify();
    expect(await client.flush()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
    expect(error.mock.calls).toEqual([[expect.stringContaining("Nothing is recorded")]]);
    expect(error.mock.calls[0]?.[0]).toContain("baseUrl must be https:");
    error.mockRestore();
  });

  test("a server that is told to end waits for no backoff: what waits is sent at once", async () => {
    after.mockImplementation(outside);
    const host = Object.assign(new EventEmitter(), { pid: 7, env: {}, kill() {} });
    vi.stubGlobal("process", host);
    const api = fakeApi(503);
    const backoff = { baseMs: 20_000, maxMs: 20_000 };
    const client = createForNext({ apiKey: "wrk_test", fetch: api.fetch, backoff });
    vi.unstubAllGlobals();
    client.track("ada", "one");
    await pass(50);
    api.answer = 202;
    host.on("SIGTERM", () => {});
    host.emit("SIGTERM", "SIGTERM");
    await pass(0);
    expect(api.requests).toEqual([["one"], ["one"]]);
    expect(client.stats()).toMatchObject({ delivered: 1, pending: 0 });
  });

  test("the key may come with the first call; without one that says so, once", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    vi.stubEnv("WHISPERR_API_KEY", "");
    const api = fakeApi();
    const [early, without] = [createForNext({ fetch: api.fetch }), createForNext({ fetch: api.fetch })];
    without.track("ada", "one");
    without.track("ada", "two");
    expect(error.mock.calls).toEqual([[expect.stringContaining("apiKey is missing")]]);
    vi.stubEnv("WHISPERR_API_KEY", "wrk_late");
    early.forUser("ada").track("three");
    expect(await early.flush()).toMatchObject({ delivered: 1 });
    expect(api.requests).toEqual([["three"]]);
    error.mockRestore();
  });
});
