/** What the two builds make of options that make no sense. */
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { handOverBody } from "../../src/cloudflare/durable-object/body.ts";
import { messageBody } from "../../src/cloudflare/queue/message.ts";
import type * as cloudflare from "../../src/cloudflare.ts";
import type { createWhisperr, WhisperrEdgeOptions } from "../../src/index.ts";
import { aStorage, handedOver } from "../durable-fixtures.ts";
import { anEvent } from "../queue-fixtures.ts";

vi.mock("next/server.js", () => ({ after() {} }));

type Sdk = { readonly createWhisperr: typeof createWhisperr };

const load = <Entry = Sdk>(file: string): Promise<Entry> =>
  import(/* @vite-ignore */ new URL(`../../dist/${file}`, import.meta.url).href);

/** None of them is of its type, or in its range, and a client can do without each. */
const NONSENSE: { readonly [option: string]: unknown } = {
  flushAt: 0,
  flushIntervalMs: Number.NaN,
  maxQueueSize: "1000",
  maxQueueBytes: 0,
  maxBatchSize: -1,
  maxBatchBytes: {},
  maxRetries: 1.5,
  backoff: "fast",
  requestTimeoutMs: [],
  waitUntilTimeoutMs: 0,
  disabled: "false",
  debug: "yes",
  onError: "log",
  context: [1],
  fetch: "https://example.com",
  events: "none",
  unknownEvents: "ignore",
  invalidEvents: "ignore",
};

/** What would lose events, let the key travel in the clear, send what was to be taken out, or could mean the opposite. */
const REFUSED: readonly (readonly [option: string, value: unknown])[] = [
  ["waitUntil", undefined],
  ["baseUrl", "api"],
  ["baseUrl", "http://api.example.com"],
  ["beforeSend", "drop"],
  ["outbox", {}],
  ["maxRetries", 1e9],
  ["the schema of opened", { "~standard": { version: 1, vendor: "test", validate: async () => ({}) } }],
];

const waitUntil = () => {};
const given = (options: object) => ({ apiKey: "wrk_nonsense", waitUntil, ...options }) as WhisperrEdgeOptions;
const fetched = vi.fn(async (_url: string, _init: { body: string }) => new Response(null, { status: 202 }));

beforeEach(() => {
  fetched.mockClear();
  vi.stubGlobal("fetch", fetched);
  vi.spyOn(console, "warn").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe.each(["index", "vercel", "next"])("%s", (entry) => {
  describe.each(["js", "cjs"])("as %s", (extension) => {
    const production = `${entry}.${extension}`;
    const development = `development/${production}`;

    test("in production they count as not given, and events are delivered", async () => {
      const { createWhisperr } = await load(production);
      const whisperr = createWhisperr(given(NONSENSE));
      whisperr.track("ada", "plan_viewed", { plan: "pro" });
      whisperr.track("ada", "Not A Name" as string);
      expect(await whisperr.flush()).toEqual({ delivered: 1, dropped: 0, pending: 0 });

      expect(fetched.mock.calls.map(([, { body }]) => body).join()).toContain('"event_type":"plan_viewed"');
      // An onError that is none does not keep it from the console.
      expect(console.warn).toHaveBeenCalledWith(
        expect.stringContaining("the event name (invalid_event_type)"),
      );
    });

    test("in development each is refused by its name", async () => {
      const { createWhisperr } = await load(development);
      for (const [name, value] of Object.entries(NONSENSE))
        expect(() => createWhisperr(given({ [name]: value })), name).toThrow(
          new RegExp(`^Whisperr: ${name} must be .+ \\(got .+\\)\\.$`),
        );
    });

    test.each([production, development])("%s refuses what would do harm", async (file) => {
      const { createWhisperr } = await load(file);
      for (const [name, value] of REFUSED.slice(entry === "index" ? 0 : 1)) {
        const options = name.startsWith("the schema") ? { events: { opened: value } } : { [name]: value };
        expect(() => createWhisperr(given(options)), name).toThrow(`Whisperr: ${name} must be`);
      }
    });

    test.each([production, development])("%s says what is no option", async (file) => {
      const { createWhisperr } = await load(file);
      createWhisperr(given({ flushInterval: 5 }));
      expect(console.warn).toHaveBeenCalledWith(
        expect.stringMatching(/^\[whisperr\] createWhisperr\(\) has no option "?flushInterval"?/),
      );
    });

    test.each([production, development])(
      "%s has no client without a usable key, and says so",
      async (file) => {
        const { createWhisperr } = await load(file);
        const whisperr = createWhisperr(given({ apiKey: "wrk key" }));
        whisperr.track("ada", "plan_viewed");
        expect(whisperr.stats()).toMatchObject({ accepted: 0 });
        expect(console.error).toHaveBeenCalledExactlyOnceWith(
          expect.stringMatching(/Nothing is recorded.*apiKey/),
        );
      },
    );
  });
});

describe("the defaults that are taken are those of", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("this package", async () => {
    const { createWhisperr } = await load("index.js");
    const whisperr = createWhisperr(given({ flushIntervalMs: "soon", backoff: "fast", onError() {} }));
    fetched.mockResolvedValueOnce(new Response(null, { status: 503 }));
    whisperr.track("ada", "plan_viewed");
    await vi.advanceTimersByTimeAsync(49);
    expect(fetched).toHaveBeenCalledTimes(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(fetched).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(500);
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  test("a Queue's consumer", async () => {
    const { whisperrQueueConsumer } = await load<typeof cloudflare>("cloudflare.js");
    const backoff = { baseMs: Number.NaN, maxMs: Number.NaN };
    const consume = whisperrQueueConsumer({ maxRetries: Number.NaN, backoff, onError() {} });
    fetched.mockImplementation(async () => new Response(null, { status: 503 }));
    onTestFinished(() => void fetched.mockReset());
    const body = messageBody(anEvent(1), { client: "a", number: 1, atMs: Date.now() });
    const retry = vi.fn();
    const messages = [{ body, attempts: 1, ack() {}, retry }];
    const over = consume({ messages, retryAll() {} } as never, { WHISPERR_API_KEY: "wrk_nonsense" });
    await vi.advanceTimersByTimeAsync(500);
    expect(fetched).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(1000);
    await over;
    expect(fetched).toHaveBeenCalledTimes(3);
    expect(retry).toHaveBeenCalledOnce();
  });

  test("a Durable Object", async () => {
    const { WhisperrOutbox } = await load<typeof cloudflare>("cloudflare.js");
    class Outbox extends WhisperrOutbox {
      override options() {
        return { apiKey: "wrk_nonsense", flushIntervalMs: Number.NaN };
      }
    }
    const storage = aStorage();
    const outbox = new Outbox({ storage } as never, {});
    await outbox.fetch(
      new Request("https://whisperr/", { method: "POST", body: handOverBody(handedOver(1, 1)) }),
    );
    expect(storage.alarmMs).toBe(Date.now() + 1000);
  });
});
