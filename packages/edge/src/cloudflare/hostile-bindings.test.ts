/** Bindings that throw, reject, or answer what they must not: no handler rejects, no call throws, and what is left is delivered later. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { refused } from "../../../core/test/hostile-host.ts";
import { imbalance } from "../../../core/test/imbalance.ts";
import { aNumberedApi, anEvent } from "../../test/queue-fixtures.ts";
import { createRequestClient } from "../client/request-client.ts";
import type { PlatformOutbox } from "../hand-over/platform-outbox.ts";
import { durableObjectOutbox } from "./durable-object/outbox.ts";
import { whisperrQueueConsumer } from "./queue/consumer.ts";
import { messageBody } from "./queue/message.ts";
import { queueOutbox } from "./queue/outbox.ts";

const rejects = async (): Promise<never> => refused();

const poisoned = (name: string, of: object) =>
  Object.defineProperty({ ...of }, name, { get: refused, enumerable: true });

describe("a message", () => {
  const good = (number: number) => ({
    body: messageBody(anEvent(number), { client: "a", number, atMs: 1000 }),
    attempts: 1,
    ack: vi.fn(),
    retry: vi.fn(),
  });
  const odd = { body: messageBody(anEvent(2), { client: "a", number: 2, atMs: 1000 }), attempts: 1 };

  test.each<[string, object]>([
    ["whose ack() throws", { ...odd, ack: refused, retry: () => {} }],
    ["without methods", odd],
    ["whose body throws", poisoned("body", { attempts: 1, ack() {}, retry() {} })],
    ["whose retry() throws", { body: "none of ours", attempts: 1, ack() {}, retry: refused }],
    ["whose attempts are no number", { body: "none of ours", attempts: "many", ack() {}, retry() {} }],
    ["that is none", null as never],
  ])("%s stops no other one", async (_what, message) => {
    const api = aNumberedApi();
    const handler = whisperrQueueConsumer({ fetch: api.fetch, onError() {} });
    const others = [good(1), good(3)];
    const messages = [others[0], message, others[1]] as never[];
    await handler({ messages, retryAll: () => {} }, { WHISPERR_API_KEY: "wrk_secret" });

    expect(api.requests.flat()).toEqual(expect.arrayContaining([1, 3]));
    for (const { ack, retry } of others) expect(ack.mock.calls.length + retry.mock.calls.length).toBe(1);
  });

  test.each<[string, object]>([
    ["that has no messages", { messages: undefined, retryAll() {} }],
    ["whose messages throw", poisoned("messages", { retryAll() {} })],
  ])("a batch %s ends no consumer", async (_what, batch) => {
    const handler = whisperrQueueConsumer({ fetch: aNumberedApi().fetch, onError() {} });
    await expect(handler(batch as never, { WHISPERR_API_KEY: "wrk_secret" })).resolves.toBeUndefined();
  });
});

/** How often a binding fails, and then does as it is told. */
const TIMES = 2;

function failing<Args extends unknown[], Result>(
  fail: (...args: Args) => unknown,
  work: (...args: Args) => Result,
): (...args: Args) => Result {
  let left = TIMES;
  return (...args) => (left-- > 0 ? (fail(...args) as Result) : work(...args));
}

describe("a binding of the producer", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const FAILURES: [string, () => unknown][] = [
    ["throws", refused],
    ["rejects", rejects],
    ["rejects with nothing", () => Promise.reject(undefined)],
    [
      "throws a Symbol",
      () => {
        throw Symbol("no");
      },
    ],
    [
      "throws what cannot be read",
      () => {
        throw poisoned("status", {});
      },
    ],
  ];

  test.each(FAILURES)("that %s holds nothing back for good", async (_what, fail) => {
    const kept: unknown[] = [];
    const sendBatch = failing<[Iterable<unknown>], Promise<void>>(
      fail,
      async (batch) => void kept.push(...batch),
    );
    const ask = failing(fail, async () => {
      kept.push("an object's");
      return { ok: true, status: 200, text: async () => "" };
    });
    const namespace = { idFromName: (name: string) => name, get: () => ({ fetch: () => ask() }) };
    for (const outbox of [queueOutbox({ sendBatch }), durableObjectOutbox(namespace)]) {
      await expectHandedOver(outbox);
    }
    expect(kept).toHaveLength(2);
  });

  test.each<[string, object]>([
    ["without a text", { ok: true, status: 200 }],
    ["whose text rejects", { ok: true, status: 200, text: rejects }],
    ["that is none", undefined as never],
  ])("an object's answer %s is no loss", async (_what, answer) => {
    const answers = [answer, answer];
    const namespace = {
      idFromName: (name: string) => name,
      get: () => ({
        fetch: async () =>
          answers.length > 0 ? answers.pop() : { ok: true, status: 200, text: async () => "" },
      }),
    };
    await expectHandedOver(durableObjectOutbox(namespace as never));
  });
});

async function expectHandedOver(outbox: PlatformOutbox): Promise<void> {
  const { api, handlerReturned } = createRequestClient(
    {
      apiKey: "wrk_test",
      waitUntil: (promise) => void promise,
      onError() {},
      outbox,
      fetch: rejects as never,
    },
    new Set(),
  );
  api.track("ada", "one");
  handlerReturned();
  const flushed = api.flush();
  await vi.advanceTimersByTimeAsync(25_000);
  expect(await flushed).toMatchObject({ delivered: 1, pending: 0 });
  expect(imbalance(api.stats())).toBe(0);
}
