/** Something breaks off in the middle of a step, an answer or a timer: nothing gets out, and delivery goes on. */
import { expect, test } from "vitest";
import { settle } from "../../test/fake-ports.ts";
import { loopFixture } from "../../test/loop-fixture.ts";
import { aTrack } from "../../test/operations.ts";
import type { Client } from "../client/client.ts";
import type { Operation } from "../events/operation.ts";
import type { Outbox } from "../queue/outbox.ts";
import { guard, guardedWait } from "./guard.ts";
import { discard, enqueue } from "./queue.ts";

/** A port that throws the first time it is asked once the test says so. */
function fragile() {
  let isBroken = false;
  return {
    breakOnce: () => {
      isBroken = true;
    },
    ask: () => {
      if (!isBroken) return;
      isBroken = false;
      throw new Error("broken");
    },
  };
}

test("what breaks off as a batch is cut is a failure without an answer", async () => {
  const port = fragile();
  const { track, loop, server, timers } = loopFixture({ ports: { onStep: port.ask } });
  track(2);
  const flushed = loop.flush();
  port.breakOnce();
  await settle();
  expect(server.requests).toEqual([]);
  timers.fire();
  await settle();
  server.answer(202);

  expect(await flushed).toEqual({ delivered: 2, dropped: 0, pending: 0 });
});

test("what breaks off while a request is under way lets go of it, and it is sent again", async () => {
  const port = fragile();
  const ahead = { next: () => undefined, letGo() {}, sendAhead: port.ask };
  const { track, loop, server, timers } = loopFixture({ ports: { sendingAhead: ahead } });
  track(1);
  const flushed = loop.flush();
  port.breakOnce();
  await settle();
  expect(server.requests).toHaveLength(1);
  timers.fire();
  await settle();
  expect(server.requests).toHaveLength(2);
  server.answer(202);

  expect(await flushed).toEqual({ delivered: 1, dropped: 0, pending: 0 });
});

test("what breaks off each time ends a flush when retries run out", async () => {
  const { client, track, loop, timers, errors } = loopFixture({ config: { maxRetries: 1 } });
  const transport = (): never => {
    throw new Error("broken");
  };
  Object.assign(client, { transport });
  track(1);
  const flushed = loop.flush();
  await settle();
  timers.fire();

  expect(await flushed).toEqual({ delivered: 0, dropped: 0, pending: 1 });
  expect(errors).toMatchObject([{ type: "retry_exhausted" }]);
});

test("what breaks off once everything was taken back is no attempt", async () => {
  const { client, track, loop, timers, errors } = loopFixture();
  const transport = (): never => {
    discard(client, "opted_out");
    throw new Error("broken");
  };
  Object.assign(client, { transport });
  track(1);

  expect(await loop.flush()).toEqual({ delivered: 0, dropped: 1, pending: 0 });
  expect([timers.delays(), client.failures]).toEqual([[], 0]);
  expect(errors).toMatchObject([{ reason: "opted_out" }]);
});

test("a timer whose step breaks off is followed by another", async () => {
  const port = fragile();
  const { track, loop, server, timers } = loopFixture({
    ports: {
      inContext(run) {
        port.ask();
        return run();
      },
    },
  });
  track(1);
  port.breakOnce();
  timers.fire();
  await settle();
  expect(server.requests).toEqual([]);
  timers.fire();
  await settle();
  server.answer(202);
  await settle();

  expect(loop.stats()).toEqual({ accepted: 1, delivered: 1, dropped: {}, pending: 0 });
});

test("a call that waits resolves, whatever happens; what is in the queue is counted, and sent", async () => {
  const { client, loop, server, timers, track } = loopFixture();
  track(1);
  const odd = (): never => {
    client.outbox.append({ kind: "identify", body: "{}" });
    throw new Error("broken");
  };
  expect(await guardedWait(client, odd)).toEqual({ delivered: 0, dropped: 0, pending: 2 });
  expect(guard(client, odd)).toBeUndefined();
  expect(loop.stats()).toMatchObject({ accepted: 3, pending: 3 });
  expect(loop.queued).toBe(3);

  client.outbox.remove(0, 1);
  guard(client, () => {
    throw new Error("broken");
  });
  expect(loop.stats()).toMatchObject({ accepted: 3, dropped: { outbox_failed: 1 }, pending: 2 });
  const flushed = loop.flush();
  await settle();
  server.answer(202);
  await settle();
  server.answer(202);
  expect(await flushed).toMatchObject({ delivered: 2, pending: 0 });
  expect(timers.delays()).toEqual([]);
});

test("a call that breaks off while a request is under way has nothing sent again", async () => {
  const { client, loop, server, timers, track } = loopFixture();
  track(1);
  const flushed = loop.flush();
  await settle();
  guard(client, () => {
    throw new Error("broken");
  });
  expect(timers.delays(), "no backoff: the answer is waited for").toEqual([]);
  server.answer(202);

  expect(await flushed).toEqual({ delivered: 1, dropped: 0, pending: 0 });
  expect(server.requests).toHaveLength(1);
});

test("a call that breaks off while the client shuts down leaves it shutting down", async () => {
  const { client, loop, server, track } = loopFixture();
  track(1);
  const stopped = loop.stop();
  await settle();
  guard(client, () => {
    throw new Error("broken");
  });
  server.answer(202);

  expect(await stopped).toEqual({ delivered: 1, dropped: 0, pending: 0 });
  expect(client.phase).toBe("stopped");
});

/** Of what the app has; at the end of the call stack those of core do so, too. */
function breakOnce(outbox: Outbox, when: "before" | "after"): void {
  const remove = outbox.remove.bind(outbox);
  outbox.remove = (offset, count) => {
    outbox.remove = remove;
    if (when === "after") remove(offset, count);
    throw new Error("broken");
  };
}

test.each(["before", "after"] as const)(
  "what broke off %s the oldest were removed is a full queue",
  (when) => {
    const { client, loop, errors, track } = loopFixture({ config: { maxQueueSize: 2, flushAt: 10 } });
    track(2);
    breakOnce(client.outbox, when);
    for (const number of [3, 4])
      enqueue(
        client,
        () => "track()",
        () => aTrack({ idNumber: number }),
      );

    expect(loop.stats()).toEqual({ accepted: 4, delivered: 0, dropped: { queue_full: 2 }, pending: 2 });
    loop.flush();
    expect(errors.map(({ reason }) => reason)).not.toContain("outbox_failed");
    expect(errors.reduce((sum, { count = 0 }) => sum + count, 0)).toBe(2);
  },
);

test.each([
  [202, { delivered: 2 }],
  [400, { delivered: 1, dropped: { rejected: 1 } }],
])("what broke off behind the removal is what the answer %i said", async (status, expected) => {
  const { client, loop, server, timers, track } = loopFixture();
  track(1);
  const flushed = loop.flush();
  await settle();
  breakOnce(client.outbox, "after");
  track(1);
  server.answer(status);
  await settle();
  timers.fire();
  await settle();
  server.answer(202);
  await flushed;

  expect(loop.stats()).toEqual({ accepted: 2, dropped: {}, pending: 0, ...expected });
});

test("what broke off while the user took everything back is what the user said", async () => {
  const { client, loop, track } = loopFixture();
  track(2);
  breakOnce(client.outbox, "after");
  guard(client, () => discard(client, "opted_out"));

  expect(loop.stats()).toEqual({ accepted: 2, delivered: 0, dropped: { opted_out: 2 }, pending: 0 });
});

test("what a step has left undone, where nothing could put it right at once, the next call does", () => {
  const { client, loop } = loopFixture();
  client.outbox.append(aTrack());
  client.isTorn = true;
  enqueue(
    client,
    () => "track()",
    () => aTrack(),
  );

  expect(loop.stats()).toEqual({ accepted: 2, delivered: 0, dropped: {}, pending: 2 });
  expect(loop.queued).toBe(2);
});

test.each([
  ["it has", true, { accepted: 1, delivered: 0, dropped: {}, pending: 1 }],
  ["it has not", false, { accepted: 1, delivered: 0, dropped: { unserializable: 1 }, pending: 0 }],
])("the very first call breaks off when the queue takes it: %s", (_what, takes, books) => {
  const { client, loop, errors } = loopFixture();
  const breaksOff = (_client: Client, operation: Operation): never => {
    if (takes) client.outbox.append(operation);
    throw new Error("broken");
  };
  enqueue(
    client,
    () => "track()",
    () => aTrack(),
    breaksOff,
  );

  expect(loop.stats()).toEqual(books);
  expect(loop.queued).toBe(books.pending);
  expect(errors).toHaveLength(takes ? 0 : 1);
});

test("where nothing works, not even that gets out", () => {
  const { client } = loopFixture();
  const broken = { ...client, outbox: undefined } as unknown as Client;
  const odd = (): never => {
    throw new Error("broken");
  };
  expect(guard(broken, odd)).toBeUndefined();
});
