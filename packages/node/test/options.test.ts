/** What is particular to options in Node: the environment, injected parts, and an outbox that outlives its process. */
import type { Operation } from "@whisperr/core";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createWhisperr, type FetchLike, type Outbox } from "../src/index.ts";
import { startIngestionApi } from "./ingestion-api.ts";

function setEnvironmentKey(key: string | undefined): void {
  vi.stubEnv("WHISPERR_API_KEY", key);
  onTestFinished(() => void vi.unstubAllEnvs());
}

describe("apiKey", () => {
  test("comes from WHISPERR_API_KEY when it is not given", async () => {
    setEnvironmentKey("wrk_from_environment");
    const api = await startIngestionApi();
    const whisperr = createWhisperr({ baseUrl: api.url });
    whisperr.track("ada", "signed_up");
    await whisperr.flush();
    expect(api.requests.map((request) => request.key)).toEqual(["wrk_from_environment"]);
  });

  test("that is given wins over the environment", async () => {
    setEnvironmentKey("wrk_from_environment");
    const api = await startIngestionApi();
    const whisperr = createWhisperr({ apiKey: "wrk_given", baseUrl: api.url });
    whisperr.track("ada", "signed_up");
    await whisperr.flush();
    expect(api.requests.map((request) => request.key)).toEqual(["wrk_given"]);
  });

  test.each([undefined, ""])("that is nowhere (%j) throws and says what to do", (key) => {
    setEnvironmentKey(key);
    expect(() => createWhisperr()).toThrow(/apiKey is missing: .*WHISPERR_API_KEY/);
  });
});

describe("a proxy in the environment", () => {
  const create = (options: object = {}) =>
    createWhisperr({ apiKey: "wrk_test", baseUrl: "http://127.0.0.1:1", ...options });

  function setEnvironment(variables: Record<string, string>): void {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    onTestFinished(() => void vi.unstubAllEnvs());
  }

  test.each(["HTTP_PROXY", "http_proxy"])("would read the key: http: is refused with %s", (name) => {
    setEnvironment({
      NODE_USE_ENV_PROXY: "1",
      [name]: "http://proxy:3128",
      NO_PROXY: "example.com,localhost",
    });
    expect(() => create()).toThrow(/HTTP_PROXY gets the key in the clear: add 127.0.0.1 to NO_PROXY/);
  });

  test("is no matter where requests go past it, are encrypted or the app's own, or the app insists", () => {
    setEnvironment({ HTTP_PROXY: "http://proxy:3128" });
    create();
    setEnvironment({ NODE_USE_ENV_PROXY: "1" });
    create({ baseUrl: "https://api.example.com" });
    create({ fetch: vi.fn<FetchLike>() });
    create({ allowInsecureHttp: true });
    for (const direct of ["127.0.0.1", "*", "localhost, 127.0.0.1:1"]) {
      setEnvironment({ NO_PROXY: direct });
      create();
    }
    setEnvironment({ NO_PROXY: "::1" });
    create({ baseUrl: "http://[::1]:1" });
  });
});

describe("disabled", () => {
  test("needs no key and does nothing", async () => {
    setEnvironmentKey(undefined);
    const fetch = vi.fn<FetchLike>();
    const onError = vi.fn();
    const listeners = process.listenerCount("beforeExit");
    const whisperr = createWhisperr({ disabled: true, fetch, onError, flushAt: 1 });
    whisperr.track("ada", "signed_up");
    whisperr.track("", "Not A Name" as string);
    whisperr.identify("ada", { email: "ada@example.com" });
    whisperr.forUser("ada").track("signed_in");
    whisperr.forUser("ada").identify();
    expect(process.listenerCount("beforeExit")).toBe(listeners);
    expect(await whisperr.flush()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
    expect(await whisperr.shutdown({ timeoutMs: 1 })).toEqual({ delivered: 0, dropped: 0, pending: 0 });
    expect(whisperr.stats()).toEqual({ accepted: 0, delivered: 0, dropped: {}, pending: 0 });
    expect(fetch).not.toHaveBeenCalled();
    expect(onError).not.toHaveBeenCalled();
  });
});

describe("exitTimeoutMs", () => {
  test.each([-1, 0.5, Number.NaN, 2 ** 31, "2000"])("%j throws and is named", (exitTimeoutMs) => {
    const create = () => createWhisperr({ apiKey: "wrk_test", exitTimeoutMs: exitTimeoutMs as number });
    expect(create).toThrow(/exitTimeoutMs must be a whole number from 0 to 2,147,483,647/);
  });
});

describe("fetch", () => {
  test("that is given is used in place of the global one, and called unbound", async () => {
    const calls: { readonly self: unknown; readonly url: string; readonly body: string }[] = [];
    const global = vi.spyOn(globalThis, "fetch");
    onTestFinished(() => global.mockRestore());
    const whisperr = createWhisperr({
      apiKey: "wrk_test",
      baseUrl: "https://ingest.example.com/",
      async fetch(this: unknown, url, { body }) {
        calls.push({ self: this, url, body });
        return new Response("{}", { status: 202 });
      },
    });
    whisperr.track("ada", "signed_up");
    expect(await whisperr.flush()).toEqual({ delivered: 1, dropped: 0, pending: 0 });
    expect(calls).toMatchObject([{ self: undefined, url: "https://ingest.example.com/v1/events/batch" }]);
    expect(global).not.toHaveBeenCalled();
  });

  test("that is global is looked up at each request, so that instrumentation added later takes hold", async () => {
    const whisperr = createWhisperr({ apiKey: "wrk_test" });
    const global = vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response("{}"));
    onTestFinished(() => global.mockRestore());
    whisperr.track("ada", "signed_up");
    expect(await whisperr.flush()).toMatchObject({ delivered: 1 });
    expect(global.mock.calls.map(([url]) => url)).toEqual(["https://api.whisperr.net/v1/events/batch"]);
  });
});

describe("outbox", () => {
  /** What storage keeps: operations as text. */
  function createStoredOutbox(storage: string[]): Outbox {
    return {
      get size() {
        return storage.length;
      },
      append: (operation) => void storage.push(JSON.stringify(operation)),
      at: (index) => {
        const text = storage[index];
        return text === undefined ? undefined : (JSON.parse(text) as Operation);
      },
      remove: (offset, count) => void storage.splice(offset, count),
    };
  }

  test("that an earlier process left behind is delivered first, each event under its own message id", async () => {
    const storage: string[] = [];
    const earlier = createWhisperr({
      apiKey: "wrk_test",
      baseUrl: "http://127.0.0.1",
      fetch: async () => new Response("", { status: 500 }),
      maxRetries: 0,
      onError: () => {},
      outbox: createStoredOutbox(storage),
    });
    earlier.identify("ada", { traits: { plan: "pro" } });
    earlier.track("ada", "signed_up");
    expect(await earlier.shutdown()).toEqual({ delivered: 0, dropped: 0, pending: 2 });
    expect(storage).toHaveLength(2);

    const api = await startIngestionApi();
    const later = createWhisperr({
      apiKey: "wrk_test",
      baseUrl: api.url,
      outbox: createStoredOutbox(storage),
    });
    expect(later.stats()).toEqual({ accepted: 2, delivered: 0, dropped: {}, pending: 2 });
    later.track("ada", "signed_in");
    expect(await later.flush()).toEqual({ delivered: 3, dropped: 0, pending: 0 });

    expect(api.requests.map((request) => request.path)).toEqual(["/v1/identify", "/v1/events/batch"]);
    expect(api.eventTypes().slice(1)).toEqual(["signed_up", "signed_in"]);
    const ids = api.requests[1]?.events.map((event) => event.context.$message_id);
    expect(new Set(ids).size).toBe(2);
    expect(storage).toEqual([]);
    expect(later.stats()).toEqual({ accepted: 3, delivered: 3, dropped: {}, pending: 0 });
  });

  test("that an earlier process left full starts its delivery by itself", async () => {
    const api = await startIngestionApi();
    const operation: Operation = {
      kind: "identify",
      body: '{"external_user_id":"ada"}',
    };
    const outbox = createStoredOutbox([JSON.stringify(operation)]);
    createWhisperr({ apiKey: "wrk_test", baseUrl: api.url, outbox, flushAt: 1 });
    await api.received(1);
    expect(api.requests).toMatchObject([{ path: "/v1/identify", events: [{ external_user_id: "ada" }] }]);
  });
});
