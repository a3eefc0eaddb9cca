/** An app may call `flush()` after every event, and an outage may last: callers must not cost more the more they are. */
import { describe, expect, test } from "vitest";
import { settle } from "../../test/fake-ports.ts";
import { flushEach, loopFixture } from "../../test/loop-fixture.ts";
import { http } from "../../test/scripted-transport.ts";
import { flush } from "./flush.ts";

const MAX_WAITERS = 16;

test("a caller who can share no promise gets one of its own", async () => {
  const { client, track, server } = loopFixture();
  track(1);
  const [shared, alone] = [flush(client), flush(client, true)];
  expect(alone).not.toBe(shared);
  await settle();
  server.answer(202);

  expect(await alone).toEqual(await shared);
});

describe("callers beyond the first 16", () => {
  test("share one promise", () => {
    const promises = flushEach(loopFixture(), 40);

    expect(new Set(promises.slice(0, MAX_WAITERS)).size).toBe(MAX_WAITERS);
    expect(new Set(promises.slice(MAX_WAITERS)).size).toBe(1);
    expect(promises[MAX_WAITERS]).not.toBe(promises[MAX_WAITERS - 1]);
  });

  test("wait until all they queued is delivered, however many batches that takes", async () => {
    const fixture = loopFixture({ config: { maxBatchSize: 16 } });
    const promises = flushEach(fixture, 40);
    const ended: number[] = [];
    promises.forEach((promise, index) => void promise.then(() => ended.push(index)));
    const everyone = promises.map((_, index) => index);

    await settle();
    fixture.server.answer(202);
    await settle();
    expect(ended).toEqual(everyone.slice(0, MAX_WAITERS));
    fixture.server.answer(202);
    await settle();
    expect(ended).toHaveLength(MAX_WAITERS);
    fixture.server.answer(202);
    await settle();
    expect(ended).toEqual(everyone);
    expect(fixture.loop.stats()).toMatchObject({ delivered: 40, pending: 0 });
  });

  test("are waited for by the runtime as well", async () => {
    const fixture = loopFixture({ config: { maxBatchSize: 16 } });
    flushEach(fixture, 20);
    await settle();
    fixture.server.answer(202);
    await settle();
    expect(fixture.activity.at(-1)).toEqual({ pending: true, awaited: true });

    fixture.server.answer(202);
    await settle();
    expect(fixture.activity.at(-1)).toEqual({ pending: false, awaited: false });
  });

  test("make one more attempt when the others ended with everything kept, and end with it", async () => {
    const fixture = loopFixture({ config: { maxRetries: 0 } });
    const promises = flushEach(fixture, 20);
    await settle();
    fixture.server.answer(http(500));
    expect(await promises[0]).toEqual({ delivered: 0, dropped: 0, pending: 20 });
    await settle();
    fixture.server.answer(http(500));

    expect(await promises.at(-1)).toEqual({ delivered: 0, dropped: 0, pending: 20 });
    expect(fixture.server.requests).toHaveLength(2);
  });

  test("end with a shutdown()", async () => {
    const fixture = loopFixture();
    const promises = flushEach(fixture, 20);
    const stop = fixture.loop.stop();
    await settle();
    fixture.server.answer(202);

    expect(await stop).toEqual({ delivered: 20, dropped: 0, pending: 0 });
    expect(await promises.at(-1)).toMatchObject({ pending: 0 });
  });

  test("end with the deadline of a shutdown()", async () => {
    const fixture = loopFixture();
    const promises = flushEach(fixture, 20);
    const stop = fixture.loop.stop();
    await settle();
    fixture.loop.abandon();

    expect(await stop).toMatchObject({ pending: 20 });
    expect(await promises.at(-1)).toMatchObject({ pending: 20 });
    expect(fixture.errors.map(({ type }) => type)).toEqual(["retry_exhausted"]);
  });

  test("are followed by callers with goals of their own again", async () => {
    const fixture = loopFixture();
    flushEach(fixture, 20);
    await settle();
    fixture.server.answer(202);
    await settle();

    const [one, other] = flushEach(fixture, 2);
    expect(one).not.toBe(other);
    await settle();
    fixture.server.answer(202);
    expect(await Promise.all([one, other])).toEqual([
      { delivered: 2, dropped: 0, pending: 0 },
      { delivered: 2, dropped: 0, pending: 0 },
    ]);
  });
});
