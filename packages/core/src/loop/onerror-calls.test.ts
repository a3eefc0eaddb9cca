/** An `onError` that calls back in each time it is called: it ends, and nothing of others' doing goes unreported. */
import { describe, expect, test } from "vitest";
import { settle } from "../../test/fake-ports.ts";
import { loopFixture } from "../../test/loop-fixture.ts";
import type { TestLoop } from "../../test/loop-of.ts";
import { aTrack } from "../../test/operations.ts";
import type { ClientConfig } from "../client/client.ts";
import { MAX_FUTILE } from "../delivery/flushing.ts";
import { MAX_TOLD } from "../report/reporter.ts";

/** Far more than any of these should take. Beyond it the app behaves, so that a test fails instead of hanging. */
const MANY = 1000;

test("track() and flush() in each onError end on a full queue, and every eviction is reported", async () => {
  let calls = 0;
  const { track, errors, loop } = loopFixture({
    config: { maxQueueSize: 1 },
    onError(_error, inner) {
      if (++calls > MANY) return;
      inner.append(aTrack());
      void inner.flush();
    },
  });
  track(2);
  expect(calls).toBeLessThan(5);
  calls = MANY;
  loop.retryNow();
  await settle();

  const told = errors.reduce((sum, { count = 0 }) => sum + count, 0);
  expect(told).toBe(loop.stats().dropped.queue_full);
});

test("flush() in the report of a refused call hides no evictions that came before", async () => {
  const { track, errors, loop } = loopFixture({
    config: { maxQueueSize: 1, flushIntervalMs: 0 },
    onError({ reason }, inner) {
      if (reason === "invalid_event_type") void inner.flush();
    },
  });
  track(4);
  loop.refuse("invalid_event_type", "not a name");
  await settle();

  expect(errors.map(({ reason, count }) => [reason, count])).toEqual([
    ["queue_full", 1],
    ["invalid_event_type", 1],
    ["queue_full", 2],
  ]);
});

test("shutdown() in a report of shutdown() is the same promise", () => {
  const inside: unknown[] = [];
  const { track, loop } = loopFixture({
    config: { maxQueueSize: 2 },
    onError(_error, inner) {
      if (inner.stopped) inside.push(inner.stop());
    },
  });
  track(4);

  expect(inside).toEqual([]);
  const stopped = loop.stop();
  expect(inside).toHaveLength(1);
  expect(inside[0] === stopped).toBe(true);
});

describe("an onError that calls back in a moment later is not answered by one request after another", () => {
  /** Requests at once, and those that each wait brings from then on, where every answer is `status` and every report leads to `call`. */
  async function requestsOf(
    status: number,
    config: Partial<ClientConfig>,
    call: (inner: TestLoop) => void,
  ): Promise<{ atOnce: number; perWait: number[]; loop: TestLoop }> {
    let requests = 0;
    const { track, loop, timers, server } = loopFixture({
      config: { maxRetries: 0, ...config },
      onError: (_error, inner) =>
        void Promise.resolve().then(() => {
          if (requests < MANY) call(inner);
        }),
    });
    const answerAll = async (): Promise<number> => {
      const before = requests;
      for (await settle(); server.open().length > 0; await settle()) {
        requests++;
        server.answer(status);
      }
      return requests - before;
    };
    track(1);
    void loop.flush();
    const atOnce = await answerAll();
    const perWait: number[] = [];
    for (let wait = 0; wait < WAITS && timers.delays().length > 0; wait++) {
      timers.fire();
      perWait.push(await answerAll());
    }
    return { atOnce, perWait, loop };
  }
  const WAITS = 20;
  const track = (inner: TestLoop) => inner.append(aTrack());
  const flush = (inner: TestLoop) => void inner.flush();
  const both = (inner: TestLoop) => {
    track(inner);
    flush(inner);
  };

  test.each([
    ["flush(), the key refused", 401, {}, flush],
    ["flush(), the key refused, without an interval", 401, { flushIntervalMs: 0 }, flush],
    ["flush(), the API down", 503, {}, flush],
    ["track() and flush(), everything refused", 400, {}, both],
    ["track() with flushAt 1, everything refused", 400, { flushAt: 1 }, track],
    [
      "track() with flushAt 1, the API down, without an interval",
      503,
      { flushAt: 1, flushIntervalMs: 0 },
      track,
    ],
  ])("%s", async (_name, status, config, call) => {
    const { atOnce, perWait } = await requestsOf(status, config, call);

    expect(atOnce).toBeGreaterThan(0);
    expect(atOnce + perWait.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(MAX_FUTILE + WAITS);
  });

  test("shutdown(), and it ends", async () => {
    const { atOnce, loop } = await requestsOf(401, {}, (inner) => void inner.stop());

    expect(atOnce).toBe(2);
    expect(loop.stopped).toBe(true);
    expect(loop.stats().pending).toBe(1);
  });
});

describe("an onError whose own calls are reported, a moment later, does not go on for ever", () => {
  const ENDLESS = 10 * MAX_TOLD;
  /** A loop in microtasks is over before the host has its turn; others would take more of them. */
  async function untilStill(count: () => number): Promise<void> {
    for (let before = -1; before !== count(); await new Promise(setImmediate)) before = count();
  }
  const MOMENTS: [string, (call: () => void) => void][] = [
    ["in a microtask", (call) => void Promise.resolve().then(call)],
    ["some microtasks later", (call) => void Promise.resolve().then().then().then(call)],
  ];
  const invalid = (inner: TestLoop) => inner.refuse("invalid_event_type", "not a name");
  const CALLS: [string, (inner: TestLoop) => void][] = [
    ["an invalid call", invalid],
    [
      "two invalid calls",
      (inner) => {
        invalid(inner);
        invalid(inner);
      },
    ],
    [
      "an invalid call and flush()",
      (inner) => {
        invalid(inner);
        void inner.flush();
      },
    ],
    ["track() on a full queue", (inner) => inner.append(aTrack())],
    [
      "track() on a full queue and flush()",
      (inner) => {
        inner.append(aTrack());
        void inner.flush();
      },
    ],
  ];

  test.each(CALLS.flatMap(([name, call]) => MOMENTS.map(([when, later]) => ({ name, call, when, later }))))(
    "$name, $when",
    async ({ call, later }) => {
      let calls = 0;
      const { loop, errors, track } = loopFixture({
        config: { maxQueueSize: 1 },
        onError: (_error, inner) =>
          later(() => {
            if (++calls < ENDLESS) call(inner);
          }),
      });
      track(2);
      invalid(loop);
      await untilStill(() => calls);

      expect(calls).toBeLessThan(ENDLESS);
      const { accepted, delivered, dropped, pending } = loop.stats();
      expect(delivered + pending + (dropped.queue_full ?? 0) + (dropped.invalid_event_type ?? 0)).toBe(
        accepted,
      );
      expect(errors.length).toBeGreaterThan(1);
    },
  );

  test("what it did not hear of it hears of with the next of its kind, a minute later", async () => {
    let nowMs = 0;
    let isQuiet = false;
    const { loop, errors } = loopFixture({
      ports: { nowMs: () => nowMs },
      onError: (_error, inner) =>
        void Promise.resolve().then(() => {
          if (!isQuiet) invalid(inner);
        }),
    });
    invalid(loop);
    await untilStill(() => errors.length);
    isQuiet = true;
    nowMs += 60_000;
    invalid(loop);
    await settle();

    const told = errors.reduce((sum, { count = 0 }) => sum + count, 0);
    expect(told).toBe(loop.stats().dropped.invalid_event_type);
  });

  test("calls in a row that are wrong are all reported, however many they are", () => {
    const { loop, errors } = loopFixture();
    for (let call = 0; call < MANY; call++) invalid(loop);

    expect(errors).toHaveLength(MANY);
  });
});
