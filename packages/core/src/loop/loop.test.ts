import { describe, expect, test } from "vitest";
import { settle } from "../../test/fake-ports.ts";
import { loopFixture } from "../../test/loop-fixture.ts";
import { anIdentify, arrayOutbox, tracks } from "../../test/operations.ts";
import { http } from "../../test/scripted-transport.ts";

describe("requests", () => {
  test("a synchronous burst past flushAt travels in one request", async () => {
    const { track, server } = loopFixture({ config: { flushAt: 2 } });

    track(50);
    expect(server.requests).toEqual([]);
    await settle();

    expect(server.requests.map(({ count }) => count)).toEqual([50]);
  });

  test("events and identifies keep their order, one request at a time", async () => {
    const { track, loop, server } = loopFixture();
    track(2);
    loop.append(anIdentify());
    track(1);

    void loop.flush();
    const seen: string[] = [];
    for (let i = 0; i < 3; i++) {
      await settle();
      expect(server.open()).toHaveLength(1);
      seen.push(`${server.open()[0]?.path} ${server.open()[0]?.count}`);
      server.answer(202);
    }

    expect(seen).toEqual(["/v1/events/batch 2", "/v1/identify 1", "/v1/events/batch 1"]);
  });

  test("every attempt sends the same bytes", async () => {
    const { track, loop, server, timers } = loopFixture();
    track(3);
    void loop.flush();

    // From the second failure on there is less of it.
    for (const status of [500, 202]) {
      await settle();
      server.answer(status);
      await settle();
      if (status === 500) timers.fire();
    }

    expect(server.requests).toHaveLength(2);
    expect(new Set(server.requests.map(({ body }) => body)).size).toBe(1);
  });

  test("what comes while a request is under way waits for that, and for no timer", async () => {
    const { track, loop, timers } = loopFixture();
    track(1);
    void loop.flush();
    await settle();
    track(1);
    expect(timers.delays()).toEqual([]);
  });

  test("the interval sends what waits", async () => {
    const { track, server, timers } = loopFixture();
    track(1);
    expect(timers.delays()).toEqual([10_000]);

    timers.fire();
    await settle();

    expect(server.open()).toHaveLength(1);
    expect(timers.delays()).toEqual([]);
  });

  test("what an earlier process left in the outbox is accepted and sent", async () => {
    const { loop, server } = loopFixture({ outbox: arrayOutbox(tracks(3)) });
    expect(loop.stats()).toEqual({ accepted: 3, delivered: 0, dropped: {}, pending: 3 });

    void loop.flush();
    await settle();
    server.answer(202);
    await settle();

    expect(loop.stats()).toEqual({ accepted: 3, delivered: 3, dropped: {}, pending: 0 });
  });
});

describe("flush()", () => {
  test("resolves with what happened while it ran", async () => {
    const { track, loop, server } = loopFixture();
    track(3);
    const flush = loop.flush();
    await settle();
    track(1);
    server.answer(http(202, { rejected: 1 }));

    expect(await flush).toEqual({ delivered: 2, dropped: 1, pending: 1 });
  });

  test("with nothing queued resolves at once", async () => {
    expect(await loopFixture().loop.flush()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
  });

  test("shares its promise between callers who wait for the same", () => {
    const { track, loop } = loopFixture();
    track(1);
    const first = loop.flush();

    expect(loop.flush()).toBe(first);
    track(1);
    expect(loop.flush()).not.toBe(first);
  });

  test("resolves for whoever waits for less before it does for whoever waits for more", async () => {
    const { track, loop, server } = loopFixture({ config: { maxBatchSize: 1 } });
    const ended: string[] = [];
    track(1);
    void loop.flush().then(() => ended.push("first"));
    track(1);
    void loop.flush().then(() => ended.push("second"));

    await settle();
    server.answer(202);
    await settle();
    expect(ended).toEqual(["first"]);
    server.answer(202);
    await settle();
    expect(ended).toEqual(["first", "second"]);
  });

  test.each([
    ["the key is refused", http(401), "auth"],
    ["retries run out", http(500), "retry_exhausted"],
  ])("resolves with everything kept when %s", async (_name, answer, type) => {
    const { track, loop, server, errors } = loopFixture({ config: { maxRetries: 0 } });
    track(2);
    const flush = loop.flush();
    await settle();
    server.answer(answer);

    expect(await flush).toEqual({ delivered: 0, dropped: 0, pending: 2 });
    expect(errors).toEqual([expect.objectContaining({ type, count: 2 })]);
  });
});

describe("stop()", () => {
  test("flushes, sets no timer any more, and is the same promise when called again", async () => {
    const { track, loop, server, timers } = loopFixture();
    track(2);
    const stop = loop.stop();
    expect(loop.stop()).toBe(stop);
    await settle();
    server.answer(202);

    expect(await stop).toEqual({ delivered: 2, dropped: 0, pending: 0 });
    expect(timers.delays()).toEqual([]);
    expect(await loop.flush()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
  });

  test("given up, lets go of the request and keeps what it carried", async () => {
    const { track, loop, server, timers, errors } = loopFixture();
    track(2);
    const stop = loop.stop();
    await settle();

    loop.abandon();

    expect(errors).toEqual([expect.objectContaining({ type: "retry_exhausted", count: 2 })]);
    expect(await stop).toEqual({ delivered: 0, dropped: 0, pending: 2 });
    expect(server.requests[0]?.aborted).toBe(true);
    expect(timers.delays()).toEqual([]);
  });

  test("an answer that comes after it was given up changes nothing", async () => {
    const { track, loop, server } = loopFixture();
    track(2);
    void loop.stop();
    await settle();
    loop.abandon();

    server.requests[0]?.answer(http(202));
    await settle();

    expect(loop.stats()).toMatchObject({ delivered: 0, pending: 2 });
  });
});

describe("waiting out trouble", () => {
  test("retryNow ends a backoff", async () => {
    const { track, loop, server } = loopFixture();
    track(1);
    void loop.flush();
    await settle();
    server.answer(500);
    await settle();

    loop.retryNow();
    await settle();

    expect(server.requests).toHaveLength(2);
  });

  test("retryNow does not end a wait the server asked for", async () => {
    const { track, loop, server, timers } = loopFixture();
    track(1);
    void loop.flush();
    await settle();
    server.answer(http(429, "", "7"));
    await settle();

    loop.retryNow();
    await settle();

    expect(server.requests).toHaveLength(1);
    expect(timers.delays()).toEqual([7000]);
  });
});

test("the runtime hears when something is queued, and when somebody waits", async () => {
  const { track, loop, server, activity } = loopFixture();
  track(3);
  void loop.flush();
  await settle();
  server.answer(202);
  await settle();

  expect(activity).toEqual([
    { pending: true, awaited: false },
    { pending: true, awaited: true },
    { pending: false, awaited: false },
  ]);
});
