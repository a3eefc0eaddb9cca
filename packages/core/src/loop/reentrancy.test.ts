/** What an app may do inside `onError`, in the middle of a step. */
import { expect, test } from "vitest";
import { settle } from "../../test/fake-ports.ts";
import { loopFixture } from "../../test/loop-fixture.ts";

test("track() in answer to a full queue ends, and the books are in order", async () => {
  const { track, loop, errors } = loopFixture({
    config: { flushAt: 5, maxQueueSize: 5 },
    onError: (_error, inner) => inner.append({ kind: "identify", body: "{}" }),
  });
  track(20);
  await settle();

  const { accepted, delivered, dropped, pending } = loop.stats();
  expect(accepted).toBe(20 + errors.length);
  expect(accepted).toBe(delivered + (dropped.queue_full ?? 0) + pending);
});

test("giving up between the cut of a batch and its request sends nothing", async () => {
  let reports = 0;
  const { track, server, loop } = loopFixture({
    config: { flushAt: 2, maxQueueSize: 2, flushIntervalMs: 0 },
    onError: (_error, inner) => {
      if (++reports === 2) inner.abandon();
    },
  });
  track(6);
  await settle();
  expect(server.requests).toEqual([]);

  void loop.flush();
  await settle();
  server.answer(202);
  await settle();

  expect(server.requests).toHaveLength(1);
  expect(loop.stats()).toEqual({ accepted: 6, delivered: 2, dropped: { queue_full: 4 }, pending: 0 });
});

test("stop() counts from its call: what is tracked in its reports comes after it", async () => {
  const stoppedInside: boolean[] = [];
  const { track, loop } = loopFixture({
    config: { flushAt: 2, maxQueueSize: 2 },
    onError: (_error, inner) => stoppedInside.push(inner.stopped),
  });
  track(6);

  void loop.stop();

  expect(stoppedInside).toEqual([false, true]);
});

test.each([
  ["the key was refused", 401],
  ["retries are used up", 500],
])(
  "flush() in the report that %s does not start the same over, and resolves with what is kept",
  async (_why, status) => {
    const results: unknown[] = [];
    const { track, server, loop } = loopFixture({
      config: { maxRetries: 0, flushIntervalMs: 0 },
      onError: (_error, inner) => void inner.flush().then((result) => results.push(result)),
    });
    track(2);
    const flush = loop.flush();
    await settle();
    server.answer(status);
    await settle();

    expect(server.requests).toHaveLength(1);
    expect(results).toEqual([{ delivered: 0, dropped: 0, pending: 2 }]);
    expect(await flush).toEqual({ delivered: 0, dropped: 0, pending: 2 });
  },
);
