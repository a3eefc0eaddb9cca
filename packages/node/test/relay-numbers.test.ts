/** Numbers that are none, for a relay and a producer of Redis: refused at creation; of a deadline, ten seconds in its place. */
import { createRelay, type RedisClient, type RelayOptions, redisOutbox } from "@whisperr/node/redis";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const BAD: readonly unknown[] = [Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5, "5000", 5n, Symbol("soon")];

beforeEach(() => void vi.spyOn(console, "warn").mockReturnValue());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A Redis whose one stream has an event. */
function aClient(): RedisClient {
  const operation = JSON.stringify({
    kind: "track",
    userId: "ada",
    event: "signed_up",
    atMs: 0,
    idPrefix: "a",
    idNumber: 1,
    properties: "{}",
    context: "{}",
  });
  let isRead = false;
  return {
    on() {},
    async call(command, script = "") {
      if (command === "SMEMBERS") return ["0"];
      if (!script.includes("COUNT")) return 1;
      const entries = isRead ? [] : [["1-0", ["operation", operation]]];
      isRead = true;
      return entries;
    },
  };
}

const NUMBERS = [
  "leaseMs",
  "flushIntervalMs",
  "maxBatchSize",
  "maxBatchBytes",
  "maxRetries",
  "requestTimeoutMs",
] as const;

test.each(NUMBERS.flatMap((name) => BAD.map((value) => [name, value] as const)))(
  "a relay with %s: %o is refused",
  (name, value) => {
    const options = { client: aClient(), apiKey: "wrk_test", [name]: value } as RelayOptions;
    expect(() => createRelay(options)).toThrow(`Whisperr: ${name} must be `);
  },
);

test.each(BAD)("one with %o for a backoff is refused", (value) => {
  for (const name of ["baseMs", "maxMs"]) {
    const options = { client: aClient(), apiKey: "wrk_test", backoff: { [name]: value } } as RelayOptions;
    expect(() => createRelay(options)).toThrow(`Whisperr: backoff.${name} must be `);
  }
});

test.each(BAD)("so is a producer, with %o for what it counts", (value) => {
  for (const name of ["partitions", "maxLength"])
    expect(() => redisOutbox({ client: aClient(), [name]: value as number })).toThrow(
      `Whisperr: ${name} must be `,
    );
});

/** Resolves when the event is on its way to an API that never answers. */
async function aBusyRelay() {
  vi.useFakeTimers();
  const fetch = vi.fn(() => new Promise<never>(() => {}));
  const relay = createRelay({
    client: aClient(),
    apiKey: "wrk_test",
    fetch,
    requestTimeoutMs: 1_000_000,
    leaseMs: 1_000_000,
    onError() {},
  });
  await vi.waitFor(() => expect(fetch).toHaveBeenCalled());
  return relay;
}

test.each<[unknown, endMs: number]>([
  [Number.NaN, 10_000],
  ["soon", 10_000],
  [Symbol("soon"), 10_000],
  [-1, 0],
  [0.5, 1],
  [2_000, 2_000],
  [Number.POSITIVE_INFINITY, 5_000],
  [1e20, 5_000],
  [undefined, 5_000],
  [null, 5_000],
])("shutdown() of a relay with %o for a deadline ends within %i ms", async (timeoutMs, endMs) => {
  const relay = await aBusyRelay();
  let isOver = false;
  const over = relay.shutdown({ timeoutMs: timeoutMs as number }).then(() => {
    isOver = true;
  });
  await vi.advanceTimersByTimeAsync(Math.max(endMs - 1, 0));
  expect(isOver).toBe(endMs === 0);
  await vi.advanceTimersByTimeAsync(1);
  await over;
});

test("what it gets in place of a number is said once", async () => {
  const relay = await aBusyRelay();
  const ends = [relay.shutdown({ timeoutMs: Number.NaN }), relay.shutdown({ timeoutMs: Number.NaN })];
  expect(ends[0]).toBe(ends[1]);
  expect(vi.mocked(console.warn).mock.calls.flat()).toEqual([
    expect.stringContaining("shutdown() got a timeoutMs that is no number: 10,000 is taken."),
  ]);
  await vi.advanceTimersByTimeAsync(10_000);
  await ends[0];
});
