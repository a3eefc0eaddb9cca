/** An app may call `flush()` after every event, and an outage may last: the machine's state must not grow with it. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { settle } from "../test/fake-ports.ts";
import { flushEach, loopFixture } from "../test/loop-fixture.ts";
import { transition } from "./delivery/transition.ts";

// The loop's state is its own; what the machine made of it is seen here. It works as it always does.
vi.mock(import("./delivery/transition.ts"), { spy: true });

const MAX_WAITERS = 16;

/** The most goals that any state held so far. */
function mostGoals(): number {
  const steps = vi.mocked(transition).mock.results.map(({ value }) => value as ReturnType<typeof transition>);
  return Math.max(...steps.map(({ state }) => state.flushes.length));
}

beforeEach(() => void vi.mocked(transition).mockClear());

describe("5,000 times track() and flush(), and no answer", () => {
  test("at once: the goals stay few", async () => {
    const fixture = loopFixture({ config: { maxQueueSize: 100 } });
    flushEach(fixture, 5000);
    await settle();

    expect(vi.mocked(transition).mock.calls.length).toBeGreaterThan(5000);
    expect(mostGoals()).toBeLessThanOrEqual(MAX_WAITERS);
    expect(fixture.server.requests).toHaveLength(1);
  });

  test("behind a request in flight, over a queue that is full: the goals stay few", async () => {
    const fixture = loopFixture({ config: { maxQueueSize: 100 } });
    flushEach(fixture, 1);
    await settle();
    flushEach(fixture, 4999);

    expect(mostGoals()).toBe(MAX_WAITERS);
    expect(fixture.loop.stats()).toMatchObject({ accepted: 5000, pending: 100 });
    expect(fixture.server.requests).toHaveLength(1);
  });

  test("with room for all of them: the goals stay few, and so do the promises", async () => {
    const fixture = loopFixture({ config: { maxQueueSize: 10_000 } });
    const first = flushEach(fixture, 1);
    await settle();
    const promises = new Set([...first, ...flushEach(fixture, 4999)]);

    expect(mostGoals()).toBe(MAX_WAITERS);
    expect(promises.size).toBe(MAX_WAITERS + 1);
    expect(fixture.loop.stats()).toMatchObject({ accepted: 5000, pending: 5000 });
  });
});
