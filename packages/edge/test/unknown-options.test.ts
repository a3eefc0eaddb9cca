/** Options that there are none of, and schemas that are none: said where a client is made, once for all requests of a middleware. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { durableObjectOutbox, whisperrQueueConsumer, withWhisperr } from "../src/cloudflare.ts";
import { whisperr } from "../src/hono.ts";
import { createWhisperr } from "../src/index.ts";
import { createTestWhisperr } from "../src/testing.ts";

const warn = vi.fn();
beforeEach(() => {
  warn.mockReset();
  vi.spyOn(console, "warn").mockImplementation(warn);
});
afterEach(() => void vi.restoreAllMocks());

const waitUntil = () => {};
const accept = async () => new Response("{}", { status: 202 });
/** As JavaScript passes them, where no compiler looks. */
const given = (options: object) => ({ apiKey: "wrk_test", fetch: accept, ...options }) as never;
const context = { set() {}, executionCtx: { waitUntil }, env: {} };
const next = async () => {};

test("a client says it, and its flush() and identify()", async () => {
  const client = createWhisperr(given({ waitUntil, waitUntilTimeout: 5 }));
  client.identify("ada", { plan: "pro", email: "ada@example.com" } as never);
  await client.flush({ timeout: 1 } as never);
  await client.shutdown({ timeout: 1 } as never);
  expect(warn.mock.calls.flat()).toEqual([
    '[whisperr] createWhisperr() has no option "waitUntilTimeout": write waitUntilTimeoutMs.',
    '[whisperr] identify() has no option "plan": write traits: { plan }.',
    '[whisperr] flush() has no option "timeout": write timeoutMs.',
    '[whisperr] shutdown() has no option "timeout": write timeoutMs.',
  ]);
});

test("middleware says it once, not in each request", async () => {
  const ofHono = whisperr(given({ flushInterval: 5 }));
  const ofWorker = withWhisperr(
    () => new Response(),
    () => given({ flushInterval: 5 }),
  );
  for (const _ of [1, 2]) {
    await ofHono(context, next);
    await ofWorker({} as never, {}, { waitUntil });
  }
  const said = '[whisperr] createWhisperr() has no option "flushInterval": write flushIntervalMs.';
  expect(warn.mock.calls.flat()).toEqual([said, said]);
});

test("so do the platforms' outboxes, and what delivers from them", async () => {
  const namespace = { idFromName() {}, get() {} } as never;
  for (const _ of [1, 2]) durableObjectOutbox(namespace, { nam: "eu" } as never);
  const consumer = whisperrQueueConsumer(given({ retryDelay: 5 }));
  await consumer({ messages: [] } as never, {});
  expect(warn.mock.calls.flat()).toEqual([
    '[whisperr] durableObjectOutbox() has no option "nam": write name.',
    '[whisperr] whisperrQueueConsumer() has no option "retryDelay": write retryDelaySeconds.',
  ]);
});

test("in a test run one client of the isolate says that it would send to production, and none with an address or a fetch of its own", async () => {
  // Of an isolate that no other test has.
  vi.resetModules();
  const { createWhisperr } = await import("../src/index.ts");
  const own = { apiKey: "wrk_test", waitUntil };
  createWhisperr({ ...own, baseUrl: "http://127.0.0.1:1" });
  createWhisperr({ ...own, fetch: accept });
  createWhisperr({ ...own, outbox: { handOver: async () => {} } });
  expect(warn.mock.calls).toEqual([]);
  createWhisperr(own);
  createWhisperr(own);
  expect(warn.mock.calls).toEqual([
    [
      expect.stringMatching(
        /^\[whisperr\] This is a test run, .*createTestWhisperr\(\) of @whisperr\/edge\/testing/,
      ),
    ],
  ]);
});

describe("what an app says of its events", () => {
  const later = { "~standard": { version: 1, vendor: "test", validate: async () => ({ value: {} }) } };
  const WRONG: readonly (readonly [string, object, RegExp])[] = [
    [
      "a schema that answers later",
      { events: { signed_up: later } },
      /the schema of signed_up must be synchronous/,
    ],
    ["traits that answer later", { traits: later }, /the schema of traits must be synchronous/],
    ["a schema that is none", { events: { signed_up: {} } }, /the schema of signed_up must be one of zod/],
    ["unknownEvents", { unknownEvents: "block" }, /unknownEvents must be allow or warn or drop/],
    ["invalidEvents", { invalidEvents: "keep" }, /invalidEvents must be drop or warn or send/],
  ];

  test.each(WRONG)("%s is refused where the client is made", async (_, options, message) => {
    expect(() => createWhisperr(given({ waitUntil, ...options }))).toThrow(message);
    expect(() => createTestWhisperr(options as never)).toThrow(message);
    const middleware = whisperr(given(options));
    await expect(middleware(context, next)).rejects.toThrow(message);
  });

  test("schemas are asked once, and not in each request", async () => {
    const validate = vi.fn(() => ({ value: {} }));
    const events = { signed_up: { "~standard": { version: 1, vendor: "test", validate } } };
    const middleware = whisperr(given({ events }));
    for (const _ of [1, 2, 3]) await middleware(context, next);
    expect(validate).toHaveBeenCalledTimes(1);
  });
});
