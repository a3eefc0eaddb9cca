import { describe, expect, test } from "vitest";
import { fakePorts, settle } from "../../test/fake-ports.ts";
import { loopFixture } from "../../test/loop-fixture.ts";
import { anIdentify, aTrack, ID_PREFIX } from "../../test/operations.ts";
import { http } from "../../test/scripted-transport.ts";
import { encodeEvent, utf8Bytes } from "../events/wire.ts";
import { noAnswer } from "../http/exchange.ts";
import { conclude } from "./effects.ts";

const id = (number: number) => `${ID_PREFIX}${number.toString(16).padStart(12, "0")}`;

describe("evictions", () => {
  test("are reported at once, then together: two reports for a thousand, and their counts add up", async () => {
    const { track, errors, loop, server } = loopFixture({ config: { flushAt: 10, maxQueueSize: 10 } });

    track(1010);
    expect(errors).toHaveLength(1);
    await settle();

    expect(errors.map(({ type, reason, count }) => ({ type, reason, count }))).toEqual([
      { type: "dropped", reason: "queue_full", count: 1 },
      { type: "dropped", reason: "queue_full", count: 999 },
    ]);
    expect(loop.stats()).toEqual({
      accepted: 1010,
      delivered: 0,
      dropped: { queue_full: 1000 },
      pending: 10,
    });
    for (const { message } of errors)
      expect(message).toMatch(/^The queue is full.*raise maxQueueSize or maxQueueBytes\.$/);
    expect(server.open()).toHaveLength(1);
  });

  test("name the oldest, and at most a hundred of them", async () => {
    const { track, errors } = loopFixture({ config: { flushAt: 10, maxQueueSize: 10 } });

    track(1010);
    await settle();

    expect(errors[0]?.messageIds).toEqual([id(1)]);
    expect(errors[1]?.messageIds).toHaveLength(100);
    expect(errors[1]?.messageIds?.slice(0, 2)).toEqual([id(2), id(3)]);
  });

  test("of a full queue in an outage add up too, whatever happens between", async () => {
    const { track, errors, loop, server, timers } = loopFixture({
      config: { flushAt: 10, maxQueueSize: 10 },
    });
    for (let round = 0; round < 5; round++) {
      track(30);
      await settle();
      server.answer(500);
      await settle();
      timers.fire();
      await settle();
    }

    const reported = errors.filter(({ reason }) => reason === "queue_full");
    const evicted = loop.stats().dropped.queue_full ?? 0;
    expect(reported.reduce((sum, { count = 0 }) => sum + count, 0)).toBe(evicted);
    expect(evicted).toBe(150 - 10);
    expect(reported.length).toBeLessThanOrEqual(2 * 5 + 1);
  });
});

describe("what the server refused", () => {
  test("is reported with status, its words and the message id", async () => {
    const { track, loop, server, errors } = loopFixture();
    track(1);
    void loop.flush();
    await settle();
    server.answer(http(422, { error: { code: "bad_event", message: "No such name" } }));
    await settle();

    expect(errors).toEqual([
      {
        type: "dropped",
        reason: "rejected",
        status: 422,
        count: 1,
        message: "The API refused this for good (422: bad_event: No such name).",
        messageIds: [id(1)],
      },
    ]);
    expect(loop.stats().dropped).toEqual({ rejected: 1 });
  });

  test("as too large says so", async () => {
    const { track, loop, server, errors } = loopFixture();
    track(1);
    void loop.flush();
    await settle();
    server.answer(413);
    await settle();

    expect(errors[0]).toMatchObject({ reason: "too_large", status: 413, count: 1, messageIds: [id(1)] });
  });

  test("inside a batch it took is a count, without ids: the server does not say which", async () => {
    const { track, loop, server, errors } = loopFixture();
    track(3);
    void loop.flush();
    await settle();
    server.answer(http(202, { accepted: 1, rejected: 2 }));
    await settle();

    expect(errors).toEqual([
      { type: "dropped", reason: "rejected_by_server", status: 202, count: 2, message: expect.any(String) },
    ]);
    expect(loop.stats()).toEqual({
      accepted: 3,
      delivered: 1,
      dropped: { rejected_by_server: 2 },
      pending: 0,
    });
  });

  test("has no message id when it is an identify", async () => {
    const { loop, server, errors } = loopFixture();
    loop.append(anIdentify());
    void loop.flush();
    await settle();
    server.answer(400);
    await settle();

    expect(errors[0]).toMatchObject({ reason: "rejected", count: 1, messageIds: [] });
  });
});

describe("what is kept", () => {
  test("after a refused key is counted, and the message says what to check", async () => {
    const { track, loop, server, errors } = loopFixture();
    track(2);
    void loop.flush();
    await settle();
    server.answer(http(401, { error: { code: "unknown_key", message: "No such key" } }));
    await settle();

    expect(errors).toEqual([
      {
        type: "auth",
        status: 401,
        count: 2,
        message: expect.stringContaining("401: unknown_key: No such key"),
      },
    ]);
    expect(errors[0]?.message).toContain("apiKey");
  });

  test.each<[string, Parameters<typeof http> | string, string, number | undefined]>([
    ["an outage", [503], "(503)", 503],
    ["no network", "connection reset", "(connection reset)", undefined],
    ["a redirect", [302], "check baseUrl", 302],
    ["a redirect that a browser hides", [0], "check baseUrl (a redirect)", undefined],
  ])("after %s says how often it was tried", async (_name, answer, words, status) => {
    const { track, loop, server, errors, timers } = loopFixture({ config: { maxRetries: 1 } });
    track(2);
    void loop.flush();
    for (let attempt = 0; attempt < 2; attempt++) {
      await settle();
      server.answer(typeof answer === "string" ? noAnswer(answer) : http(...answer));
      await settle();
      if (attempt === 0) timers.fire();
    }

    expect(errors).toEqual([
      {
        type: "retry_exhausted",
        count: 2,
        message: expect.stringContaining("failed after 2 attempts"),
        ...(status === undefined ? {} : { status }),
      },
    ]);
    expect(errors[0]?.message).toContain(words);
  });

  test.each([
    [1, "1 operation still queued"],
    [7, "7 operations still queued"],
  ])("at a deadline, %i of them, is counted, and the message says what to do", async (count, words) => {
    const { track, loop, errors } = loopFixture();
    track(count);
    void loop.flush();
    await settle();

    loop.abandon();

    expect(errors).toEqual([{ type: "retry_exhausted", count, message: expect.stringContaining(words) }]);
    expect(errors[0]?.message).toContain("Out of time, allow more");
    expect(loop.stats()).toEqual({ accepted: count, delivered: 0, dropped: {}, pending: count });
  });

  test("at a deadline has no status, whatever was answered before", async () => {
    const { track, loop, server, errors } = loopFixture();
    track(2);
    void loop.flush();
    await settle();
    server.answer(500);
    await settle();

    loop.abandon();

    expect(errors).toEqual([{ type: "retry_exhausted", count: 2, message: expect.any(String) }]);
  });

  test("at a deadline is nothing when nothing is left", () => {
    const { loop, errors } = loopFixture();

    loop.abandon();

    expect(errors).toEqual([]);
  });
});

test("an operation refused at its call is counted and reported; one left out by beforeSend only counted", () => {
  const { loop, errors } = loopFixture();

  loop.refuse("invalid_user_id", "no user");
  loop.refuse("before_send", "left out");

  expect(errors).toEqual([{ type: "dropped", reason: "invalid_user_id", count: 1, message: "no user" }]);
  expect(loop.stats()).toEqual({
    accepted: 2,
    delivered: 0,
    dropped: { invalid_user_id: 1, before_send: 1 },
    pending: 0,
  });
});

describe("what fails", () => {
  test.each([
    ["a body of more than 16 kB is halved at once where it finds no answer", 16_385, [4, 2]],
    ["one that is no larger is sent whole again", 16_384, [4, 4]],
  ])("%s", async (_what, length, counts) => {
    const { loop, server, timers } = loopFixture();
    const append = (text: string) => loop.append(aTrack({ properties: JSON.stringify({ text }) }));
    for (let number = 0; number < 3; number++) append("");
    const bytes = utf8Bytes(
      `{"events":[${Array(4)
        .fill(encodeEvent(aTrack({ properties: '{"text":""}' })))
        .join()}]}`,
    );
    append("x".repeat(length - bytes));
    void loop.flush();
    await settle();
    expect(server.requests[0]?.body).toHaveLength(length);
    server.answer(noAnswer("socket hang up"));
    await settle();
    timers.fire(500);
    await settle();
    expect(server.requests.map(({ count }) => count)).toEqual(counts);
  });

  test("waits as long as the dice say", async () => {
    const { track, loop, server, timers } = loopFixture({ ports: { random: () => 0.5 } });
    track();
    void loop.flush();
    await settle();
    server.answer(503);
    await settle();
    expect(timers.delays()).toEqual([750]);
  });

  test("with a 403 in the API's words has no valid key, unless the key was taken before", async () => {
    const forbidden = http(403, { error: { code: "revoked" } });
    const { track, loop, server, errors, timers } = loopFixture();
    track();
    void loop.flush();
    await settle();
    server.answer(forbidden);
    await settle();
    expect(errors).toMatchObject([{ type: "auth" }]);
    void loop.flush();
    await settle();
    server.answer(202);
    await settle();
    track();
    void loop.flush();
    await settle();
    server.answer(forbidden);
    await settle();
    expect(errors).toHaveLength(1);
    expect(timers.delays()).toEqual([500]);
  });
});

test("of a probe the server can refuse no more than it carried", () => {
  const { track, loop, client } = loopFixture();
  track(3);
  Object.assign(client, { phase: "sending", offset: 1, inFlight: 2, goal: 3 });
  conclude(client, http(202, { accepted: 0, rejected: 5 }));
  expect(loop.stats()).toMatchObject({ delivered: 0, dropped: { rejected_by_server: 1 }, pending: 2 });
});

describe("a host that sets no timer", () => {
  /** Until `mend()` is called. */
  function timerless() {
    const { ports, timers } = fakePorts();
    let isBroken = true;
    const fixture = loopFixture({
      ports: {
        timers: { ...ports.timers, set: (...given) => (isBroken ? null : ports.timers.set(...given)) },
      },
    });
    const mend = () => {
      isBroken = false;
    };
    return { ...fixture, timers, mend };
  }

  test("waits for nothing, but attempts come to an end", async () => {
    const { track, server, errors } = timerless();
    track();
    for (let answers = 0; answers < 10; answers++) {
      await settle();
      if (server.open().length > 0) server.answer(503);
    }
    expect(server.requests).toHaveLength(3);
    expect(errors).toMatchObject([{ type: "retry_exhausted" }]);
  });

  test("sends nothing more where the key was refused", async () => {
    const { track, server } = timerless();
    track();
    await settle();
    server.answer(401);
    await settle();
    expect(server.requests).toHaveLength(1);
  });

  test("is asked again with the next event", async () => {
    const { track, server, timers, mend } = timerless();
    track();
    await settle();
    server.answer(401);
    await settle();
    mend();
    track();
    expect(timers.delays()).toEqual([10_000]);
    track();
    expect(timers.delays(), "one timer is enough").toEqual([10_000]);
  });
});
