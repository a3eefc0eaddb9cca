/** When a request is built, how large it may be, and what ends it before it begins. */

import { describe, expect, test } from "vitest";
import { settle } from "../../test/fake-ports.ts";
import { loopFixture } from "../../test/loop-fixture.ts";
import { arrayOutbox, aTrack, tracks } from "../../test/operations.ts";
import { http } from "../../test/scripted-transport.ts";
import { send } from "../delivery/flushing.ts";
import { formatMessageId } from "../events/wire.ts";
import { noAnswer } from "../http/exchange.ts";
import { step } from "./books.ts";
import { transmit } from "./effects.ts";

describe("giving up before the request is built", () => {
  test("sends nothing, and goes without a hitch", async () => {
    const { track, loop, server, log, errors } = loopFixture({ debug: true });
    track(2);
    const flush = loop.flush();
    loop.abandon();
    await settle();

    expect(await flush).toEqual({ delivered: 0, dropped: 0, pending: 2 });
    expect(server.requests).toEqual([]);
    expect(errors).toMatchObject([{ type: "retry_exhausted", count: 2 }]);
    expect(log.filter(({ message }) => message.includes("failed:"))).toEqual([]);
  });

  test("and flushing again at once makes one request, not two", async () => {
    const { track, loop, server } = loopFixture();
    track(2);
    void loop.flush();
    loop.abandon();
    const flush = loop.flush();
    await settle();
    expect(server.requests).toHaveLength(1);
    server.answer(202);

    expect(await flush).toEqual({ delivered: 2, dropped: 0, pending: 0 });
  });
});

test("a probe behind the front carries one operation, and what is under way is waited for", async () => {
  const { client, track, server } = loopFixture();
  track(4);
  step(client, send, 1);
  await settle();
  await transmit(client);

  expect(server.requests).toMatchObject([{ count: 1 }]);
  expect(server.requests[0]?.body).toContain(formatMessageId(aTrack({ idNumber: 2 })));
});

test("nothing is sent for a client that rests, though an outbox says that it may", async () => {
  const { client, track, server } = loopFixture();
  track(1);
  await transmit(client);

  expect(server.requests).toEqual([]);
});

describe("a body", () => {
  const largest = ({ server }: ReturnType<typeof loopFixture>) =>
    Math.max(...server.requests.map(({ body }) => body.length));

  test.each([
    ["what the app allows", 1000, 100_000],
    ["what the runtime allows at this moment", 100_000, 1000],
  ])("has at most %s", async (_what, maxBatchBytes, atThisMoment) => {
    const fixture = loopFixture({ config: { maxBatchBytes }, ports: { maxBodyBytes: () => atThisMoment } });
    fixture.track(10);
    void fixture.loop.flush();
    await settle();

    expect(largest(fixture)).toBeLessThanOrEqual(1000);
    expect(largest(fixture)).toBeGreaterThan(600);
  });
});

describe("a loop that begins", () => {
  test("with an empty outbox sets no timer, and has nothing in its books", () => {
    const { loop, timers, activity } = loopFixture();

    expect([timers.delays(), activity]).toEqual([[], []]);
    expect(loop.stats()).toEqual({ accepted: 0, delivered: 0, dropped: {}, pending: 0 });
  });

  test("takes what its outbox holds as queued, unless it is told later what that is", () => {
    const kept = () => arrayOutbox(tracks(2));

    expect(loopFixture({ outbox: kept() }).loop.stats()).toMatchObject({ accepted: 2, pending: 2 });
    const waiting = loopFixture({ outbox: kept(), adopts: true });
    expect([waiting.loop.stats().accepted, waiting.timers.delays()]).toEqual([0, []]);
  });
});

test("an event that is shut out while it is recorded is refused in plain words", async () => {
  const { track, loop, errors } = loopFixture();
  await loop.stop();
  track(1);

  expect(errors).toMatchObject([{ reason: "shut_down", message: "The call came after shutdown()" }]);
});

test("debug tells of each request, and what came of it", async () => {
  const { track, loop, server, log } = loopFixture({ debug: true });
  for (const answer of [202, noAnswer("connection reset")]) {
    track(2);
    void loop.flush();
    await settle();
    server.answer(answer);
    await settle();
  }

  expect(log.map(({ message }) => message)).toEqual([
    "[whisperr] /v1/events/batch, 2 operations: 202",
    "[whisperr] /v1/events/batch, 2 operations: connection reset",
  ]);
});

test.each<[string, object, string]>([
  ["fewer than were sent", { accepted: 1, rejected: 0 }, "202, nothing of 2 of them"],
  ["all of them", { accepted: 1, rejected: 2 }, "202"],
  ["more than were sent", { accepted: 9, rejected: 0 }, "202"],
  ["no number", { accepted: "all" }, "202"],
])("debug tells of an answer that accounts for %s", async (_what, body, words) => {
  const { track, loop, server, log } = loopFixture({ debug: true });
  track(3);
  void loop.flush();
  await settle();
  server.answer(http(202, body));
  await settle();

  expect(log[0]?.message).toBe(`[whisperr] /v1/events/batch, 3 operations: ${words}`);
});

test("a runtime need not care for steps", async () => {
  const { track, loop, server } = loopFixture({ ports: { onStep: undefined } });
  expect(() => track(1)).not.toThrow();
  const flush = loop.flush();
  await settle();
  server.answer(202);

  expect(await flush).toMatchObject({ delivered: 1 });
});

test("a runtime is told at the end of each step what there is in hand", () => {
  const { track, loop, activity } = loopFixture();
  loop.retryNow();
  expect(activity).toEqual([]);

  track(2);
  expect(activity).toEqual([{ pending: true, awaited: false }]);
});

test("delivery is over once the last flush has ended, not when it begins", async () => {
  const { track, loop, server, client } = loopFixture();
  const isOver = () => client.phase === "stopped";
  track(1);
  expect(isOver()).toBe(false);
  const stopped = loop.stop();
  await settle();
  expect([loop.stopped, isOver()]).toEqual([true, false]);
  server.answer(202);
  await stopped;

  expect(isOver()).toBe(true);
});

test("an outbox that lost what it held, or fails, is named when delivery gives up and in debug", async () => {
  const inner = arrayOutbox();
  const outbox = {
    ...inner,
    get size() {
      return inner.size;
    },
    at: () => undefined,
    inFlight() {
      throw new Error("read-only");
    },
  };
  const { track, loop, errors, log } = loopFixture({ outbox, config: { maxRetries: 0 }, debug: true });
  track(1);
  void loop.flush();
  await settle();
  expect(errors).toMatchObject([{ type: "retry_exhausted", count: 1 }]);
  expect(errors[0]?.message).toContain("(the outbox failed: it lost what it held)");

  loop.abandon();
  void loop.flush();
  loop.abandon();
  expect(log.map(({ message }) => message)).toContain("[whisperr] the outbox failed: read-only");
});
