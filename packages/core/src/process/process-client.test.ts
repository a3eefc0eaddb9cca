/** The client of a process, of whatever runtime: the parts that the runtime brings are the test's. */
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { settle } from "../../test/fake-ports.ts";
import { accepted, clientOf } from "../../test/process-fixture.ts";
import { sharing } from "../loop/app-outbox.ts";
import { transmit } from "../loop/effects.ts";
import { createMemoryOutbox } from "../queue/memory-outbox.ts";
import { createProcessClient } from "./process-client.ts";
import { onEnd } from "./process-watch.ts";

const sharedOutbox = (over: object = {}) =>
  Object.assign(createMemoryOutbox(), { [sharing]: { join() {}, maySend: () => true, ...over } });

test.each([undefined, null, 7, "wrk_test"])("%j is no object of options", (options) => {
  const processOf = vi.fn();
  expect(() => createProcessClient(options as never, processOf)).toThrow(
    "createWhisperr() takes an object of options",
  );
  expect(processOf).not.toHaveBeenCalled();
});

test("a disabled client asks its process for nothing", async () => {
  const processOf = vi.fn();
  const client = createProcessClient({ disabled: true }, processOf);
  client.track("ada", "signed_up");
  expect(client.stats().accepted).toBe(0);
  expect(processOf).not.toHaveBeenCalled();
});

describe("the key", () => {
  const keyOf = async (apiKey: unknown, environment?: string) => {
    const { client, requests } = clientOf({ apiKey }, { environmentKey: () => environment });
    client.track("ada", "signed_up");
    await client.flush();
    return requests[0]?.[1].headers["X-API-Key"];
  };

  test("is the app's, or else the environment's", async () => {
    expect(await keyOf("wrk_given", "wrk_environment")).toBe("wrk_given");
    expect(await keyOf("", "wrk_environment")).toBe("wrk_environment");
    expect(() => clientOf({ apiKey: undefined })).toThrow("apiKey is missing");
  });
});

test("10,000 operations are kept by default", () => {
  const { client } = clientOf({ flushAt: 20_000, flushIntervalMs: 0 });
  for (let number = 0; number < 10_001; number++) client.track("ada", "signed_up");
  expect(client.stats()).toMatchObject({ accepted: 10_001, pending: 10_000, dropped: { queue_full: 1 } });
});

describe("http: on this machine, with a proxy in the environment", () => {
  const creating =
    (baseUrl: string, variables: { readonly [name: string]: string }, options: object = {}) =>
    () =>
      void clientOf({ baseUrl, ...options }, { proxyVariable: (name) => variables[name] });
  const HTTP_PROXY = "http://proxy:3128";

  test.each([
    ["http://127.0.0.1:1", { HTTP_PROXY }, "127.0.0.1"],
    ["http://LOCALHOST:1/v", { http_proxy: HTTP_PROXY }, "LOCALHOST"],
    ["http://[::1]:1", { HTTP_PROXY, NO_PROXY: "example.com 127.0.0.1" }, "[::1]"],
    ["http://127.0.0.1", { HTTP_PROXY, NO_PROXY: "127.0.0.1.example:1" }, "127.0.0.1"],
  ])("%s is refused with %j", (baseUrl, variables, host) => {
    expect(creating(baseUrl, variables)).toThrow(
      `baseUrl must be https:, or HTTP_PROXY gets the key in the clear: add ${host} to NO_PROXY; allowInsecureHttp: true permits that`,
    );
  });

  test.each([
    ["http://127.0.0.1:1", {}],
    ["http://127.0.0.1:1", { HTTPS_PROXY: HTTP_PROXY }],
    ["http://127.0.0.1:1", { HTTP_PROXY, NO_PROXY: "*" }],
    ["http://127.0.0.1:1", { HTTP_PROXY, no_proxy: "example.com,127.0.0.1" }],
    ["http://127.0.0.1:1", { HTTP_PROXY, NO_PROXY: "example.com , 127.0.0.1:1" }],
    ["http://LocalHost:1", { HTTP_PROXY, NO_PROXY: "LOCALHOST:8080" }],
    ["http://[::1]:1", { HTTP_PROXY, NO_PROXY: "::1" }],
    ["http://[::1]:1", { HTTP_PROXY, NO_PROXY: "[::1]:1" }],
    ["https://api.example.com", { HTTP_PROXY }],
    // In the middle of another address.
    ["https://api.example.com/http://127.0.0.1", { HTTP_PROXY }],
  ])("%s is taken with %j", (baseUrl, variables) => {
    expect(creating(baseUrl, variables)).not.toThrow();
  });

  test("is the app's own affair where it brings the fetch, or insists", () => {
    const baseUrl = "http://127.0.0.1:1";
    expect(creating(baseUrl, { HTTP_PROXY }, { fetch: async () => accepted })).not.toThrow();
    expect(creating(baseUrl, { HTTP_PROXY }, { allowInsecureHttp: true })).not.toThrow();
    expect(() => clientOf({ baseUrl }, { proxyVariable: undefined })).not.toThrow();
  });
});

describe("what is said at creation", () => {
  test("an option that there is none of", () => {
    const { log } = clientOf({ retries: 3, exitTimeoutMs: 1 });
    const message = '[whisperr] createWhisperr() has no option "retries": write maxRetries.';
    expect(log).toEqual([{ level: "warn", message }]);
  });

  test("an option that makes no sense", () => {
    expect(() => clientOf({ exitTimeoutMs: -1 })).toThrow(
      "exitTimeoutMs must be a whole number from 0 to 2,147,483,647",
    );
    expect(() => clientOf({ events: 7 })).toThrow("events must be an object");
  });

  test("that a test would send to the API itself", () => {
    const warningInTests = vi.fn((address: string) => `to ${address}`);
    expect(clientOf({}, { warningInTests }).log).toEqual([
      { level: "warn", message: "to https://api.whisperr.net" },
    ]);
    for (const options of [{ baseUrl: "https://a.example" }, { fetch: async () => accepted }])
      expect(clientOf(options, { warningInTests }).log).toEqual([]);
    expect(warningInTests).toHaveBeenCalledTimes(1);
    expect(clientOf({}, { warningInTests: () => undefined }).log).toEqual([]);
  });
});

describe("the end of the process", () => {
  test("is joined from the creation to the end of shutdown()", async () => {
    const { client, end, leave, listeners } = clientOf();
    expect(end.join).toHaveBeenCalledTimes(1);
    client.track("ada", "signed_up");
    const ended = client.shutdown();
    expect(leave).not.toHaveBeenCalled();
    expect(listeners.size, "it is watched while somebody waits for shutdown()").toBe(1);
    expect(await ended).toEqual({ delivered: 1, dropped: 0, pending: 0 });
    expect(leave).toHaveBeenCalledTimes(1);
  });

  test("is no matter to a client that may not delay it, nor where the runtime has nothing to join", async () => {
    const { client, end, listeners } = clientOf({ exitTimeoutMs: 0 });
    client.track("ada", "signed_up");
    expect(end.join).not.toHaveBeenCalled();
    expect(listeners.size).toBe(0);
    await client.shutdown();
    const { end: plain } = clientOf();
    const { client: other } = clientOf({}, { end: { ...plain, join: undefined } as never });
    expect(await other.shutdown()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
  });

  test("comes after 2 s at most, and takes nothing along that an outbox keeps", () => {
    const inMemory = clientOf();
    inMemory.client.track("ada", "signed_up");
    const kept = clientOf({ outbox: createMemoryOutbox() });
    kept.client.track("ada", "signed_up");
    const shared = clientOf({ outbox: sharedOutbox() });
    shared.client.track("ada", "signed_up");
    for (const { listeners } of [inMemory, kept, shared])
      for (const watch of listeners) {
        expect(watch.leftMs).toBe(2000);
        onEnd(watch);
      }
    expect(inMemory.errors).toMatchObject([{ type: "retry_exhausted", count: 1 }]);
    expect([...kept.errors, ...shared.errors]).toEqual([]);
  });
});

test("shutdown() twice leaves once, whatever the outbox can do, and nothing rejects behind it", async () => {
  const rejected = vi.fn();
  process.on("unhandledRejection", rejected);
  onTestFinished(() => void process.off("unhandledRejection", rejected));
  const leave = vi.fn();
  for (const outbox of [sharedOutbox(), sharedOutbox({ leave })]) {
    const { client } = clientOf({ outbox, exitTimeoutMs: 0 });
    await client.shutdown();
    await client.shutdown();
  }
  await new Promise(setImmediate);
  expect(leave).toHaveBeenCalledTimes(1);
  expect(rejected).not.toHaveBeenCalled();
});

test("an outbox that stores later says what ends with the process, when that ends, and it is told in one line", () => {
  for (const [left, words] of [
    [0, undefined],
    [2, "2 operations"],
  ] as const) {
    const unstored = vi.fn(() => left);
    const { client, listeners, log, errors } = clientOf({ outbox: sharedOutbox({ unstored }) });
    for (const event of ["signed_up", "signed_in", "signed_out"]) client.track("ada", event);
    expect(unstored).not.toHaveBeenCalled();
    for (const watch of listeners) onEnd(watch);
    expect(unstored).toHaveBeenCalledTimes(1);
    const message = `[whisperr] The process ended before ${words} could be sent: await whisperr.shutdown() before it exits.`;
    expect(log).toEqual(words ? [{ level: "warn", message }] : []);
    expect(errors).toMatchObject(words ? [{ type: "retry_exhausted", count: 3 }] : []);
  }
});

test("an outbox that processes share is joined, and nothing of it is sent before it may", async () => {
  let isReady = false;
  const join = vi.fn();
  const { client, sent } = clientOf({ outbox: sharedOutbox({ join, maySend: () => isReady }) });
  expect(join).toHaveBeenCalledTimes(1);
  client.track("ada", "signed_up");
  const flushed = client.flush();
  await settle();
  expect(sent).toEqual([]);
  isReady = true;
  transmit(join.mock.calls[0]?.[0]);
  expect(await flushed).toEqual({ delivered: 1, dropped: 0, pending: 0 });
  expect(sent).toEqual(["ada signed_up"]);
});
