/** What the queue holds is bounded by what it weighs, not only by how much it is. */
import { describe, expect, test } from "vitest";
import { clientFixture } from "../../test/client-fixture.ts";
import { deviceFixture } from "../../test/device-fixture.ts";
import { settle } from "../../test/fake-ports.ts";
import { loopFixture } from "../../test/loop-fixture.ts";
import { aTrack } from "../../test/operations.ts";
import { lengthOf } from "../events/snapshot.ts";
import { createMemoryOutbox } from "../queue/memory-outbox.ts";

const OUTAGE = () => Promise.reject(new Error("down"));
const large = (n: number) => ({ n, text: "x".repeat(1000) });

describe("maxQueueBytes", () => {
  test("the oldest go, each is counted and named, and the newest stay in order", async () => {
    const { client, events, errors } = clientFixture({
      maxQueueBytes: 5000,
      flushAt: 1000,
      flushIntervalMs: 0,
    });
    for (let n = 0; n < 100; n++) client.track("ada", "step_taken", large(n));

    const { pending } = client.stats();
    expect(pending).toBeGreaterThanOrEqual(3);
    expect(pending).toBeLessThanOrEqual(5);
    await client.flush();
    expect(events.map(({ properties }) => properties.n)).toEqual(
      Array.from({ length: pending }, (_, i) => 100 - pending + i),
    );
    expect(client.stats()).toEqual({
      accepted: 100,
      delivered: pending,
      dropped: { queue_full: 100 - pending },
      pending: 0,
    });
    expect(errors.reduce((sum, { count = 0 }) => sum + count, 0)).toBe(100 - pending);
  });

  test("what was delivered weighs no more, however much it was", async () => {
    const { client, events, errors } = clientFixture({
      maxQueueBytes: 5000,
      flushAt: 1000,
      flushIntervalMs: 0,
    });
    for (let n = 0; n < 100; n++) {
      client.track("ada", "step_taken", large(n));
      if (n % 3 === 2) await client.flush();
    }
    await client.flush();
    expect(events).toHaveLength(100);
    expect(errors).toEqual([]);
  });

  test("what an earlier process left weighs as well", async () => {
    const outbox = createMemoryOutbox();
    const options = { outbox, maxQueueBytes: 5000, flushAt: 1000, flushIntervalMs: 0 };
    const before = clientFixture({ ...options, maxQueueBytes: 100_000, fetch: OUTAGE });
    for (let n = 0; n < 10; n++) before.client.track("ada", "step_taken", large(n));

    const { client } = clientFixture({ ...options, fetch: OUTAGE });
    client.track("ada", "step_taken", large(10));
    expect(client.stats().pending).toBeLessThanOrEqual(5);
    expect(outbox.at(outbox.size - 1)).toMatchObject({ properties: JSON.stringify(large(10)) });
  });

  test("a page that finds nothing of earlier ones has the limit too", () => {
    const options = { maxQueueBytes: 5000, flushAt: 1000, flushIntervalMs: 0 };
    const { client } = deviceFixture({ options, adopted: [] });
    for (let n = 0; n < 10; n++) client.track("step_taken", large(n));
    expect(client.stats()).toMatchObject({ accepted: 10, dropped: { queue_full: 6 }, pending: 4 });
  });

  test("what just fits stays; one byte less, and the oldest goes", () => {
    for (const [missing, pending] of [
      [0, 2],
      [1, 1],
    ] as const) {
      const weight = 2 * (lengthOf(aTrack()) + 200);
      const { track, loop } = loopFixture({ config: { maxQueueBytes: weight - missing } });
      track(2);
      expect(loop.stats().pending).toBe(pending);
    }
  });

  test("the queue is read to be weighed when it seems to be too heavy, and not at each call", async () => {
    const weight = lengthOf(aTrack()) + 200;
    const { client, track, loop, server } = loopFixture({
      config: { flushAt: 1000, maxQueueBytes: 10 * weight },
    });
    const { outbox } = client;
    let reads = 0;
    const at = (index: number) => {
      reads++;
      return outbox.at(index);
    };
    track(3);
    void loop.flush();
    await settle();
    server.answer(202);
    await settle();
    Object.assign(client, { outbox: Object.setPrototypeOf({ at }, outbox) });
    track(7);
    expect(reads, "it weighs no more than what came").toBe(0);
    track(1);
    expect(reads, "those that were there").toBe(7);
    track(2);
    expect(reads, "what it weighs is known").toBe(7);
    track(1);
    expect(loop.stats()).toMatchObject({ dropped: { queue_full: 1 }, pending: 10 });
    expect(reads, "the one that goes, for its weight and for its report").toBe(9);
  });

  test("those in flight stay, though they are the oldest", async () => {
    const weight = lengthOf(aTrack()) + 200;
    const { track, loop, server } = loopFixture({ config: { flushAt: 2, maxQueueBytes: 4 * weight } });
    track(2);
    await settle();
    track(5);
    expect(loop.stats()).toMatchObject({ accepted: 7, dropped: { queue_full: 3 }, pending: 4 });
    server.answer(202);
    await settle();
    server.answer(202);
    await settle();
    expect(server.requests.map(({ count }) => count)).toEqual([2, 2]);
    expect(loop.stats()).toEqual({ accepted: 7, delivered: 4, dropped: { queue_full: 3 }, pending: 0 });
  });

  test("one that is larger alone is kept alone", () => {
    const { client } = clientFixture({ maxQueueBytes: 500, flushAt: 1000, flushIntervalMs: 0 });
    for (let n = 0; n < 3; n++) client.track("ada", "step_taken", large(n));
    expect(client.stats()).toMatchObject({ pending: 1, dropped: { queue_full: 2 } });
  });
});
