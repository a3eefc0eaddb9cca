import type { IdentifyOperation, WhisperrError } from "@whisperr/core";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { aNumberedApi, anEvent, type NumberedApi } from "../../../test/queue-fixtures.ts";
import { type QueueConsumerOptions, whisperrQueueConsumer } from "./consumer.ts";
import { messageBody } from "./message.ts";

const ENV = { WHISPERR_API_KEY: "wrk_secret" };

function aMessage(body: unknown, attempts = 1) {
  const became: { settled: string; delaySeconds?: number | undefined }[] = [];
  return {
    body,
    attempts,
    became,
    ack: () => became.push({ settled: "acked" }),
    retry: (options?: { delaySeconds?: number }) =>
      became.push({ settled: "retried", delaySeconds: options?.delaySeconds }),
  };
}

/** The message of the client's `number`-th operation, an event with that number. */
const numberedMessage = (number: number, attempts = 1, client = "a") =>
  aMessage(messageBody(anEvent(number), { client, number, atMs: 1000 }), attempts);

const numberedMessages = (...numbers: number[]) => numbers.map((number) => numberedMessage(number));

async function consume(
  messages: ReturnType<typeof aMessage>[],
  api: NumberedApi,
  options: QueueConsumerOptions = {},
): Promise<WhisperrError[]> {
  const errors: WhisperrError[] = [];
  const handler = whisperrQueueConsumer({
    fetch: api.fetch,
    backoff: { baseMs: 1, maxMs: 1 },
    onError: (error) => errors.push(error),
    ...options,
  });
  await handler({ messages, retryAll: () => {} }, ENV);
  return errors;
}

const outcomes = (messages: ReturnType<typeof aMessage>[]) =>
  messages.map(({ became }) => became.map(({ settled }) => settled).join());

describe("whisperrQueueConsumer()", () => {
  test("delivers in the order of the calls, not of the messages, and acknowledges", async () => {
    const api = aNumberedApi();
    const messages = numberedMessages(3, 1, 2);
    expect(await consume(messages, api)).toEqual([]);
    expect(api.requests).toEqual([[1, 2, 3]]);
    expect(outcomes(messages)).toEqual(["acked", "acked", "acked"]);
  });

  test("a message the producer sent twice is delivered once, and both are acknowledged", async () => {
    const api = aNumberedApi();
    const messages = numberedMessages(1, 2, 1);
    await consume(messages, api);
    expect(api.requests).toEqual([[1, 2]]);
    expect(outcomes(messages)).toEqual(["acked", "acked", "acked"]);
  });

  test("only what the API refuses for good is retried, each by its own attempts", async () => {
    const api = aNumberedApi((numbers) => (numbers.includes(2) ? { status: 400 } : undefined));
    const messages = [numberedMessage(1), numberedMessage(2, 3), numberedMessage(3)];
    const errors = await consume(messages, api);
    expect(outcomes(messages)).toEqual(["acked", "retried", "acked"]);
    // 10 s, doubled twice, of which the upper half is drawn.
    expect(messages[1]?.became[0]?.delaySeconds).toBeGreaterThanOrEqual(20);
    expect(errors).toMatchObject([{ type: "dropped", reason: "rejected", count: 1 }]);
  });

  test("a Retry-After ends the batch at once, and becomes the delay of what is left", async () => {
    const random = vi.spyOn(Math, "random").mockReturnValue(0);
    onTestFinished(() => random.mockRestore());
    const api = aNumberedApi((_numbers, index) =>
      index === 0 ? undefined : { status: 429, retryAfter: "7" },
    );
    const messages = numberedMessages(1, 2, 3);
    expect(await consume(messages, api, { maxBatchSize: 1 })).toEqual([]);
    expect(api.requests).toEqual([[1], [2]]);
    expect(outcomes(messages)).toEqual(["acked", "retried", "retried"]);
    expect(messages[2]?.became[0]?.delaySeconds).toBe(7);
  });

  test("while the server asked for a wait, later batches wait too", async () => {
    const random = vi.spyOn(Math, "random").mockReturnValue(0);
    onTestFinished(() => random.mockRestore());
    vi.useFakeTimers();
    const api = aNumberedApi((_numbers, index) =>
      index === 0 ? { status: 429, retryAfter: "7" } : undefined,
    );
    const handler = whisperrQueueConsumer({ fetch: api.fetch });
    const delays: unknown[] = [];
    const deliver = (number: number) =>
      handler({ messages: numberedMessages(number), retryAll: (options) => delays.push(options) }, ENV);
    await deliver(1);
    vi.advanceTimersByTime(2500);
    await deliver(2);
    expect(delays).toEqual([{ delaySeconds: 5 }]);
    vi.advanceTimersByTime(4500);
    await deliver(3);
    expect(api.requests).toEqual([[1], [3]]);
    vi.useRealTimers();
  });

  test("an outage: few attempts, then one delay for all, so that they come back together", async () => {
    const api = aNumberedApi(() => ({ status: 503 }));
    const messages = [numberedMessage(1, 4), numberedMessage(2, 1)];
    const errors = await consume(messages, api);
    expect(api.requests).toHaveLength(3);
    const [first, second] = messages.map(({ became }) => became[0]?.delaySeconds);
    expect(first).toBeGreaterThanOrEqual(40);
    expect(second).toBe(first);
    expect(errors).toMatchObject([{ type: "retry_exhausted", status: 503, count: 2 }]);
  });

  test("a refused key is tried once a batch, and everything goes back", async () => {
    const api = aNumberedApi(() => ({ status: 401 }));
    const messages = numberedMessages(1, 2);
    const errors = await consume(messages, api);
    expect(api.requests).toHaveLength(1);
    expect(outcomes(messages)).toEqual(["retried", "retried"]);
    expect(errors).toMatchObject([{ type: "auth", count: 2 }]);
  });

  test("the time limit holds, and what it leaves is reported and goes back", async () => {
    const api = aNumberedApi((_numbers, index) => (index === 0 ? undefined : new Promise(() => {})));
    const messages = numberedMessages(1, 2);
    const errors = await consume(messages, api, { maxBatchSize: 1, timeLimitMs: 50 });
    expect(outcomes(messages)).toEqual(["acked", "retried"]);
    expect(errors).toMatchObject([{ type: "retry_exhausted", count: 1 }]);
  });

  test("what is not Whisperr's is retried by itself, also when there is nothing else", async () => {
    const api = aNumberedApi();
    const foreign = [aMessage({ hello: "world" }), aMessage(undefined), aMessage("text")];
    const errors = await consume(foreign, api);
    expect(api.requests).toEqual([]);
    expect(outcomes(foreign)).toEqual(["retried", "retried", "retried"]);
    expect(errors).toMatchObject([{ reason: "corrupt", count: 3 }]);
  });

  test("without a key nothing is lost: the whole batch waits, and the console says why", async () => {
    const warn = vi.spyOn(console, "error").mockImplementation(() => {});
    const delays: unknown[] = [];
    const messages = numberedMessages(1);
    await whisperrQueueConsumer()({ messages, retryAll: (options) => delays.push(options) }, {});
    expect(delays).toEqual([{ delaySeconds: 60 }]);
    expect(outcomes(messages)).toEqual([""]);
    expect(warn.mock.calls).toEqual([[expect.stringContaining("apiKey is missing")]]);
    warn.mockRestore();
  });

  test("without onError, each kind of trouble is printed once, not once a batch", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { fetch } = aNumberedApi(() => ({ status: 401 }));
    const handler = whisperrQueueConsumer({ fetch });
    for (let i = 0; i < 3; i++) await handler({ messages: numberedMessages(1), retryAll: () => {} }, ENV);
    expect(warn.mock.calls).toEqual([[expect.stringContaining("The API refused the key")]]);
    expect(String(warn.mock.calls)).not.toContain(ENV.WHISPERR_API_KEY);
    warn.mockRestore();
  });

  test("options may be a function of the environment; its timers are gone at the end", async () => {
    const random = vi.spyOn(Math, "random").mockReturnValue(0);
    onTestFinished(() => random.mockRestore());
    vi.useFakeTimers();
    const api = aNumberedApi(() => ({ status: 429, retryAfter: "60" }));
    const seen: unknown[] = [];
    const handler = whisperrQueueConsumer((env: typeof ENV) => {
      seen.push(env);
      return { fetch: api.fetch, apiKey: env.WHISPERR_API_KEY, onError: () => {} };
    });
    for (let i = 0; i < 2; i++) {
      await handler({ messages: numberedMessages(1), retryAll: () => {} }, ENV);
      vi.advanceTimersByTime(60_000);
    }
    expect(api.requests).toHaveLength(2);
    expect(seen).toEqual([ENV]);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  describe("the last identify() is the last word", () => {
    const identify = (plan: string, atMs: number, user = "ada") =>
      aMessage(
        messageBody(
          {
            kind: "identify",
            body: JSON.stringify({ external_user_id: user, traits: { plan } }),
          } as IdentifyOperation,
          { client: plan, number: 1, atMs },
        ),
      );

    function stage() {
      const plans: string[] = [];
      const status = { of: (_plan: string, _count: number) => 202 };
      const handler = whisperrQueueConsumer({
        backoff: { baseMs: 1, maxMs: 1 },
        maxRetries: 0,
        onError() {},
        async fetch(_url, { body }) {
          const { plan } = (JSON.parse(body) as { traits: { plan: string } }).traits;
          plans.push(plan);
          return {
            status: status.of(plan, plans.length),
            headers: { get: () => null },
            text: async () => "",
          };
        },
      });
      const deliver = async (...messages: ReturnType<typeof aMessage>[]) => {
        await handler({ messages, retryAll() {} }, ENV);
        return outcomes(messages);
      };
      return { plans, status, deliver };
    }

    test("when a message with an older one comes back later than a newer one", async () => {
      const { plans, deliver } = stage();
      await deliver(identify("pro", 20), identify("left", 30));
      expect(await deliver(identify("trial", 10))).toEqual(["acked"]);
      expect(plans).toEqual(["pro", "left", "trial", "pro", "left"]);
    });

    test("when an older one comes together with the newest", async () => {
      const { plans, deliver } = stage();
      await deliver(identify("pro", 20));
      expect(await deliver(identify("left", 30), identify("trial", 10))).toEqual(["acked", "acked"]);
      expect(plans.at(-1)).toBe("left");
    });

    test("when the newer one cannot be said again at once: the older one comes back", async () => {
      const { plans, status, deliver } = stage();
      await deliver(identify("pro", 20));
      status.of = (plan) => (plan === "pro" ? 503 : 202);
      expect(await deliver(identify("trial", 10))).toEqual(["retried"]);
      status.of = () => 202;
      expect(await deliver(identify("trial", 10))).toEqual(["acked"]);
      expect(plans).toEqual(["pro", "trial", "pro", "trial", "pro"]);
    });

    test("in their order, and of several users, each is said once", async () => {
      const { plans, deliver } = stage();
      await deliver(identify("pro", 20), identify("free", 40, "bob"));
      await deliver(identify("left", 30));
      expect(plans).toEqual(["pro", "free", "left"]);
    });
  });
});
