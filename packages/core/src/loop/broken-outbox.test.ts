/** An outbox must not throw. One of the app's may all the same: then nothing gets out, and nothing hangs. */
import { describe, expect, test } from "vitest";
import { settle } from "../../test/fake-ports.ts";
import { loopFixture } from "../../test/loop-fixture.ts";
import { arrayOutbox } from "../../test/operations.ts";
import type { Outbox } from "../queue/outbox.ts";

interface BreakableOutbox extends Outbox {
  /** The methods that throw from now on. */
  broken: readonly (keyof Outbox)[];
}

function breakableOutbox(): BreakableOutbox {
  const inner = arrayOutbox();
  function check(method: keyof Outbox): void {
    if (outbox.broken.includes(method)) throw new Error(`disk full in ${method}()`);
  }
  const outbox: BreakableOutbox = {
    broken: [],
    get size() {
      return inner.size;
    },
    append(operation) {
      check("append");
      inner.append(operation);
    },
    at(index) {
      check("at");
      return inner.at(index);
    },
    remove(offset, count) {
      check("remove");
      inner.remove(offset, count);
    },
  };
  return outbox;
}

function sum(dropped: object): number {
  return Object.values(dropped).reduce((total: number, count: number) => total + count, 0);
}

test("append() that throws costs the operation: counted, reported, and the next one is taken", async () => {
  const outbox = breakableOutbox();
  const { track, loop, server, errors } = loopFixture({ outbox });
  outbox.broken = ["append"];
  expect(() => track(2)).not.toThrow();
  outbox.broken = [];
  track(1);

  const failed = { type: "dropped", reason: "outbox_failed", count: 1 };
  expect(errors).toMatchObject([failed, failed]);
  expect(errors[0]?.message).toContain("disk full in append()");
  expect(loop.stats()).toEqual({ accepted: 3, delivered: 0, dropped: { outbox_failed: 2 }, pending: 1 });

  const flush = loop.flush();
  await settle();
  server.answer(202);
  expect(await flush).toEqual({ delivered: 1, dropped: 0, pending: 0 });
});

describe("at() that throws", () => {
  test("counts as a failed attempt: it is tried again after a backoff, with nothing lost", async () => {
    const outbox = breakableOutbox();
    const { track, loop, server, errors, timers } = loopFixture({ outbox });
    track(3);
    outbox.broken = ["at"];
    const flush = loop.flush();
    await settle();
    expect(server.requests).toEqual([]);
    expect(timers.delays()).toEqual([500]);

    outbox.broken = [];
    timers.fire();
    await settle();
    server.answer(202);

    expect(await flush).toEqual({ delivered: 3, dropped: 0, pending: 0 });
    expect(errors).toEqual([]);
  });

  test("for ever ends a flush when retries run out, and the error says who failed", async () => {
    const outbox = breakableOutbox();
    const { track, loop, errors, timers } = loopFixture({ outbox, config: { maxRetries: 2 } });
    track(3);
    outbox.broken = ["at"];
    const flush = loop.flush();
    for (let retries = 0; retries < 2; retries++) {
      await settle();
      timers.fire();
    }

    expect(await flush).toEqual({ delivered: 0, dropped: 0, pending: 3 });
    expect(errors).toEqual([
      {
        type: "retry_exhausted",
        count: 3,
        message: expect.stringContaining(
          "delivery failed after 3 attempts (the outbox failed: disk full in at())",
        ),
      },
    ]);
  });
});

describe("remove() that throws", () => {
  test.each([
    ["accepted", 202, { delivered: 1, dropped: 0 }],
    ["refused", 400, { delivered: 0, dropped: 1 }],
  ])("ends the flush all the same when everything was %s", async (_name, status, result) => {
    const outbox = breakableOutbox();
    const { track, loop, server, timers } = loopFixture({ outbox });
    track(1);
    outbox.broken = ["remove"];
    const flush = loop.flush();
    await settle();
    server.answer(status);

    // What is settled is settled, whatever such a storage still holds.
    expect(await flush).toEqual({ ...result, pending: 0 });
    expect(loop.stats()).toMatchObject({ accepted: 1, delivered: result.delivered, pending: 0 });
    expect(timers.delays()).toEqual([]);
  });

  test("holds up nothing that comes later, sends nothing again, and is told again what to let go of", async () => {
    const outbox = breakableOutbox();
    const { track, loop, server } = loopFixture({ outbox });
    const deliver = async () => {
      const flush = loop.flush();
      await settle();
      server.answer(202);
      return flush;
    };
    const idsOf = (body = "") => body.match(/[0-9a-f]{12}(?=")/g)?.map((id) => Number.parseInt(id, 16));
    track(2);
    outbox.broken = ["remove"];
    await deliver();
    track(1);
    expect(await deliver()).toEqual({ delivered: 1, dropped: 0, pending: 0 });
    expect(outbox.size).toBe(3);
    outbox.broken = [];
    track(1);
    await deliver();

    expect(server.requests.map(({ body }) => idsOf(body))).toEqual([[1, 2], [3], [4]]);
    expect(outbox.size).toBe(0);
    expect(loop.stats()).toEqual({ accepted: 4, delivered: 4, dropped: {}, pending: 0 });
  });

  test("ends shutdown() too", async () => {
    const outbox = breakableOutbox();
    const { track, loop, server } = loopFixture({ outbox });
    track(2);
    outbox.broken = ["remove"];
    const stop = loop.stop();
    await settle();
    server.answer(202);

    expect(await stop).toMatchObject({ delivered: 2, pending: 0 });
  });
});

test.each<[string, (keyof Outbox)[]]>([
  ["at()", ["at"]],
  ["remove()", ["remove"]],
  ["everything", ["append", "at", "remove"]],
])("with a full queue and %s broken nothing gets out, and the books are in order", async (_name, broken) => {
  const outbox = breakableOutbox();
  const { track, loop } = loopFixture({ outbox, config: { flushAt: 5, maxQueueSize: 5, maxRetries: 0 } });
  track(5);
  outbox.broken = broken;

  expect(() => track(10)).not.toThrow();
  await settle();
  loop.abandon();

  const { accepted, delivered, dropped, pending } = loop.stats();
  expect(accepted).toBe(15);
  expect(accepted).toBe(delivered + sum(dropped) + pending);
  expect(pending).toBeLessThanOrEqual(outbox.size);
});

test("an outbox that lost what it held counts as a failed attempt, and the flush ends", async () => {
  const outbox: Outbox = { size: 1, append() {}, at: () => undefined, remove() {} };
  const { loop, errors } = loopFixture({ outbox, config: { maxRetries: 0 } });
  const flush = loop.flush();
  await settle();

  expect(await flush).toMatchObject({ delivered: 0, dropped: 0 });
  expect(errors).toMatchObject([{ type: "retry_exhausted" }]);
  expect(errors[0]?.message).toContain("the outbox failed");
});

test("at() that throws once the batch is cut keeps nothing that was delivered: it is not sent again", async () => {
  const outbox = breakableOutbox();
  const { track, loop, server } = loopFixture({ outbox });
  track(2);
  const flush = loop.flush();
  await settle();
  outbox.broken = ["at"];
  server.answer(202);

  expect(await flush).toEqual({ delivered: 2, dropped: 0, pending: 0 });
  expect(server.requests).toHaveLength(1);
});

test.each([
  ["refused", { flushIntervalMs: 0 }],
  ["evicted", { flushIntervalMs: 0, maxQueueSize: 1 }],
])("at() that throws keeps nothing that was %s", async (why, config) => {
  const outbox = breakableOutbox();
  const { track, loop, server, errors } = loopFixture({ outbox, config });
  track(1);
  if (why === "refused") {
    void loop.flush();
    await settle();
    outbox.broken = ["at"];
    server.answer(400);
    await settle();
  } else {
    outbox.broken = ["at"];
    track(1);
  }

  expect(outbox.size).toBe(why === "refused" ? 0 : 1);
  expect(sum(loop.stats().dropped)).toBe(1);
  expect(errors).toMatchObject([{ type: "dropped", count: 1 }]);
});

test("what an outbox does not let go of behind a request in flight is not counted as dropped", async () => {
  const inner = arrayOutbox();
  const outbox: Outbox = {
    ...inner,
    get size() {
      return inner.size;
    },
    remove(offset, count) {
      if (offset > 0) throw new Error("disk full");
      inner.remove(offset, count);
    },
  };
  const { track, loop, server, errors } = loopFixture({ outbox, config: { flushAt: 1, maxQueueSize: 2 } });
  track(1);
  await settle();
  track(3);

  expect(loop.stats()).toEqual({ accepted: 4, delivered: 0, dropped: {}, pending: 4 });
  expect(errors).toEqual([]);
  expect(server.open()).toHaveLength(1);
});

/** It holds everything in memory, and its disk is full. */
function fullDiskOutbox(): Outbox {
  const inner = arrayOutbox();
  return {
    get size() {
      return inner.size;
    },
    at: (index) => inner.at(index),
    append(operation) {
      inner.append(operation);
      throw new Error("disk full");
    },
    remove(offset, count) {
      inner.remove(offset, count);
      throw new Error("disk full");
    },
  };
}

test.each([
  ["accepted", 202, { delivered: 3 }],
  ["refused", 400, { dropped: { rejected: 3 } }],
])(
  "an outbox that throws once it has done as told has done it: three events %s",
  async (_name, status, books) => {
    const { track, loop, server, errors } = loopFixture({
      outbox: fullDiskOutbox(),
      config: { maxBatchSize: 1, flushIntervalMs: 0 },
    });
    track(3);
    expect(errors).toEqual([]);
    const flush = loop.flush();
    for (let request = 0; request < 3; request++) {
      await settle();
      server.answer(status);
    }

    expect(await flush).toMatchObject({ pending: 0 });
    expect(loop.stats()).toEqual({ accepted: 3, delivered: 0, dropped: {}, pending: 0, ...books });
  },
);

test("an outbox that stores nothing, and says nothing, costs each operation: counted, and reported", () => {
  const outbox: Outbox = { size: 0, append() {}, at: () => undefined, remove() {} };
  const { track, loop, errors } = loopFixture({ outbox });
  track(2);

  expect(loop.stats()).toEqual({ accepted: 2, delivered: 0, dropped: { outbox_failed: 2 }, pending: 0 });
  expect(errors).toMatchObject([{ reason: "outbox_failed" }, { reason: "outbox_failed" }]);
});

test("an outbox whose size throws lets nothing out, and its operations are delivered", async () => {
  const inner = arrayOutbox();
  let isBroken = false;
  const { track, loop, server } = loopFixture({
    outbox: {
      ...inner,
      get size() {
        if (isBroken) throw new Error("disk gone");
        return inner.size;
      },
    },
  });
  isBroken = true;
  track(2);
  const flush = loop.flush();
  await settle();
  server.answer(202);

  expect(await flush).toEqual({ delivered: 2, dropped: 0, pending: 0 });
});
