/** An `onError` that calls back in each time it is called: it ends, and nothing of others' doing goes unreported. */
import { expect, test } from "vitest";
import { settle } from "../../test/fake-ports.ts";
import { loopFixture } from "../../test/loop-fixture.ts";
import { aTrack } from "../../test/operations.ts";

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
