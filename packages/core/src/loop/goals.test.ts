/** An app may call `flush()` after every event, and an outage may last: the machine's state must not grow with it. */
import { describe, expect, test } from "vitest";
import { settle } from "../../test/fake-ports.ts";
import { flushEach, type LoopFixture, loopFixture } from "../../test/loop-fixture.ts";

const MAX_CALLERS = 16;

/** The most goals that the machine's state held so far. */
function mostGoals({ client }: LoopFixture): () => number {
  let most = 0;
  const { push } = client.callers;
  client.callers.push = (...callers) => {
    most = Math.max(most, client.flushes.length + callers.length);
    return push.apply(client.callers, callers);
  };
  return () => most;
}

describe("5,000 times track() and flush(), and no answer", () => {
  test("at once: the goals stay few", async () => {
    const fixture = loopFixture({ config: { maxQueueSize: 100 } });
    const most = mostGoals(fixture);
    flushEach(fixture, 5000);
    await settle();

    expect(most()).toBeGreaterThan(1);
    expect(most()).toBeLessThanOrEqual(MAX_CALLERS);
    expect(fixture.server.requests).toHaveLength(1);
  });

  test("behind a request in flight, over a queue that is full: the goals stay few", async () => {
    const fixture = loopFixture({ config: { maxQueueSize: 100 } });
    const most = mostGoals(fixture);
    flushEach(fixture, 1);
    await settle();
    flushEach(fixture, 4999);

    expect(most()).toBe(MAX_CALLERS);
    expect(fixture.loop.stats()).toMatchObject({ accepted: 5000, pending: 100 });
    expect(fixture.server.requests).toHaveLength(1);
  });

  test("with room for all of them: the goals stay few, and so do the promises", async () => {
    const fixture = loopFixture({ config: { maxQueueSize: 10_000 } });
    const most = mostGoals(fixture);
    const first = flushEach(fixture, 1);
    await settle();
    const promises = new Set([...first, ...flushEach(fixture, 4999)]);

    expect(most()).toBe(MAX_CALLERS);
    expect(promises.size).toBe(MAX_CALLERS + 1);
    expect(fixture.loop.stats()).toMatchObject({ accepted: 5000, pending: 5000 });
  });
});
