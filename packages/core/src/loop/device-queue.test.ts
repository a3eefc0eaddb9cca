/** The queue of a page among others: what comes from them, what goes to them, and what cannot be read. */
import { describe, expect, test } from "vitest";
import { settle } from "../../test/fake-ports.ts";
import { type LoopFixture, loopFixture } from "../../test/loop-fixture.ts";
import { deviceQueueOf, type TestDeviceQueue } from "../../test/loop-of.ts";
import { arrayOutbox, aTrack, tracks } from "../../test/operations.ts";
import type { Operation, TrackOperation } from "../events/operation.ts";
import type { Outbox } from "../queue/outbox.ts";

interface Page extends LoopFixture {
  readonly queue: TestDeviceQueue;
  readonly outbox: Outbox;
}

function page(outbox: Outbox = arrayOutbox(), adopts = false): Page {
  const fixture = loopFixture({ outbox, adopts });
  return { ...fixture, outbox, queue: deviceQueueOf(fixture.client) };
}

/** Puts what another page has handed over where `adopted` expects it. */
const handOver = ({ outbox }: Page, count: number) => {
  for (const operation of tracks(count)) outbox.append(operation);
};

describe("operations of a page that ended", () => {
  test("are counted, and are sent at once", async () => {
    const dead = page();
    handOver(dead, 3);
    dead.queue.adopted(3);
    await settle();

    expect(dead.server.requests.map(({ count }) => count)).toEqual([3]);
    expect(dead.loop.stats()).toMatchObject({ accepted: 3, pending: 3 });
  });

  test("are not waited for once shutdown() has nothing left to deliver", async () => {
    const starting = page(arrayOutbox(), true);
    starting.track(1);
    const stopped = starting.loop.stop();
    starting.queue.discard("opted_out");
    const flushed = starting.loop.flush();

    expect(await Promise.all([stopped, flushed])).toEqual([
      { delivered: 0, dropped: 1, pending: 0 },
      { delivered: 0, dropped: 0, pending: 0 },
    ]);
  });

  test("that are not there start nothing", async () => {
    const alone = page();
    alone.track(1);
    alone.queue.adopted(0);
    await settle();

    expect(alone.server.requests).toEqual([]);
  });

  test("before this page began are counted as well", () => {
    const dead = page(arrayOutbox(), true);
    handOver(dead, 2);
    dead.queue.adopted(2, 0);

    expect(dead.loop.stats()).toMatchObject({ accepted: 2, pending: 2 });
  });
});

describe("an operation that has gone to another page", () => {
  test("is not this page's any more, in the books and in the queue", async () => {
    const { queue, outbox, loop, track, server } = page();
    track(3);
    outbox.remove(1, 1);
    queue.withdrawn(1);

    expect(loop.stats()).toEqual({ accepted: 2, delivered: 0, dropped: {}, pending: 2 });
    expect(loop.queued).toBe(2);
    void loop.flush();
    await settle();
    expect(server.requests.map(({ count }) => count)).toEqual([2]);
  });

  test("takes the machine's word for nothing when it waited for a user", () => {
    const { queue, outbox, loop, track } = page();
    track(2);
    queue.hold(aTrack({ held: true }));
    outbox.remove(2, 1);
    queue.withdrawn(2);

    expect(loop.queued).toBe(2);
    expect(loop.stats()).toMatchObject({ accepted: 2, pending: 2 });
  });
});

test("what cannot be read is lost and counted, and what can is released, in its place", async () => {
  const inner = arrayOutbox();
  const unreadable = new Set<number>();
  const outbox: Outbox = {
    ...inner,
    get size() {
      return inner.size;
    },
    at(index) {
      const operation = inner.at(index) as TrackOperation | undefined;
      return operation && unreadable.has(operation.idNumber) ? undefined : operation;
    },
  };
  const { queue, loop, server } = page(outbox);
  for (const operation of tracks(3)) queue.hold({ ...operation, held: true });
  unreadable.add(2);
  const released: Operation[] = [];
  queue.release((event) => {
    released.push(event);
    const { held: _held, ...rest } = event;
    return rest;
  });

  expect(released).toMatchObject([{ idNumber: 1 }, { idNumber: 3 }]);
  expect(loop.stats()).toEqual({ accepted: 3, delivered: 0, dropped: { reset: 1 }, pending: 2 });
  unreadable.clear();
  void loop.flush();
  await settle();
  const sent = JSON.parse(server.requests[0]?.body ?? "") as { events: { context: object }[] };
  expect(sent.events.map(({ context }) => Object.values(context).join().slice(-1))).toEqual(["1", "3"]);
});

test.each([
  ["with an event", 1],
  ["with nothing queued", 0],
])("while a page starts, flush() after shutdown() and an opt-out resolves, %s", async (_name, count) => {
  const { queue, loop, track, client } = page(arrayOutbox(), true);
  track(count);
  const ended: string[] = [];
  void loop.stop().then(() => ended.push("shutdown"));
  queue.discard("opted_out");
  void loop.flush().then(() => ended.push("flush"));
  await settle();
  // Where nothing was discarded, what earlier pages left is still to come.
  if (count === 0) queue.adopted(0);
  await settle();

  expect(ended).toEqual(["shutdown", "flush"]);
  expect(client.phase).toBe("stopped");
});
