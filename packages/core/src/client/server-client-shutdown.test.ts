import { describe, expect, test } from "vitest";
import { clientFixture } from "../../test/client-fixture.ts";
import { settle } from "../../test/fake-ports.ts";
import { MAX_TIMER_MS } from "../options.ts";

const unanswered = { fetch: () => new Promise<never>(() => {}), flushIntervalMs: 0, requestTimeoutMs: 999 };
/** Against its type, as callers without one may. */
const shutdownOf = (client: object) =>
  (client as { shutdown(settings?: unknown): Promise<unknown> }).shutdown;

test("shutdown() delivers what is queued; later calls are reported and counted, not queued", async () => {
  const { client, events, errors, timers } = clientFixture();
  client.track("user_8842", "before");
  const result = await client.shutdown();
  client.track("user_8842", "after");
  client.identify("user_8842");

  expect(result).toEqual({ delivered: 1, dropped: 0, pending: 0 });
  expect(events).toHaveLength(1);
  expect(errors).toEqual([
    { type: "dropped", reason: "shut_down", count: 1, message: 'track("after") came after shutdown()' },
    { type: "dropped", reason: "shut_down", count: 1, message: "identify() came after shutdown()" },
  ]);
  expect(client.stats()).toEqual({ accepted: 3, delivered: 1, dropped: { shut_down: 2 }, pending: 0 });
  expect(timers.delays()).toEqual([]);
});

test("shutdown() again is the same promise", () => {
  const { client } = clientFixture();

  expect(client.shutdown()).toBe(client.shutdown({ timeoutMs: 5 }));
});

describe("after shutdown()", () => {
  test("bad calls are refused because they are late: nothing of them is looked at", async () => {
    const { client, untyped, errors } = clientFixture();
    await client.shutdown();
    untyped.track(undefined, "Wrong Name", []);
    untyped.identify(undefined, 7);

    expect(errors.map(({ reason }) => reason)).toEqual(["shut_down", "shut_down"]);
  });

  test("beforeSend is not run", async () => {
    let runs = 0;
    const { client } = clientFixture({
      beforeSend: (event) => {
        runs++;
        return event;
      },
    });
    client.track("user_8842", "before");
    await client.shutdown();
    client.track("user_8842", "after");

    expect(runs).toBe(1);
    expect(client.stats()).toEqual({ accepted: 2, delivered: 1, dropped: { shut_down: 1 }, pending: 0 });
  });

  test("comes, too, what a beforeSend is looking at while it calls shutdown()", async () => {
    const { client, errors } = clientFixture({
      beforeSend: (event) => {
        void client.shutdown();
        return event;
      },
    });
    client.track("user_8842", "bought");
    await settle();

    expect(errors.map(({ reason }) => reason)).toEqual(["shut_down"]);
    expect(client.stats()).toEqual({ accepted: 1, delivered: 0, dropped: { shut_down: 1 }, pending: 0 });
  });
});

describe("the deadline of shutdown()", () => {
  test("ends it with everything kept, and says what stays behind", async () => {
    const { client, timers, errors } = clientFixture(unanswered);
    client.track("user_8842", "bought");
    const result = client.shutdown({ timeoutMs: 50 });
    await settle();
    timers.fire(50);

    expect(await result).toEqual({ delivered: 0, dropped: 0, pending: 1 });
    expect(timers.delays()).toEqual([]);
    expect(errors).toEqual([
      { type: "retry_exhausted", count: 1, message: expect.stringContaining("1 operation still queued") },
    ]);
  });

  test("goes with a shutdown() that ends in time, and nothing is reported", async () => {
    const { client, timers, errors } = clientFixture();
    client.track("user_8842", "bought");
    await client.shutdown({ timeoutMs: 50 });
    await settle();

    expect(timers.delays()).toEqual([]);
    expect(errors).toEqual([]);
  });

  test.each<[string, unknown, number]>([
    ["0 gives up as soon as it may", 0, 0],
    ["a negative number counts as 0", -1, 0],
    ["an infinite debt counts as 0", Number.NEGATIVE_INFINITY, 0],
    ["a fraction is rounded up", 1.2, 2],
    ["a fraction below 1 is not 0", 0.001, 1],
    ["a fraction below 0 is 0", -0.5, 0],
    ["a number in text, as variables have it", "50", 50],
    ["the longest a timer can hold", MAX_TIMER_MS, MAX_TIMER_MS],
  ])("%s", async (_name, timeoutMs, delayMs) => {
    const { client, timers } = clientFixture(unanswered);
    client.track("user_8842", "bought");
    const result = shutdownOf(client)({ timeoutMs });
    await settle();

    expect(timers.delays().filter((delay) => delay !== 999)).toEqual([delayMs]);
    timers.fire(delayMs);
    expect(await result).toEqual({ delivered: 0, dropped: 0, pending: 1 });
  });

  test.each<[string, unknown[]]>([
    ["without argument", []],
    ["of undefined", [undefined]],
    ["of null", [null]],
    ["of an empty object", [{}]],
    ["of null as timeoutMs", [{ timeoutMs: null }]],
    ["of Infinity", [{ timeoutMs: Number.POSITIVE_INFINITY }]],
    ["of more than a timer can hold", [{ timeoutMs: MAX_TIMER_MS + 1 }]],
    ["that is text", ["soon"]],
  ])("%s is none", async (_name, args) => {
    const { client, timers } = clientFixture(unanswered);
    client.track("user_8842", "bought");
    const ended: unknown[] = [];
    void shutdownOf(client)(...(args as [unknown])).then((result) => ended.push(result));
    await settle();

    expect(timers.delays()).toEqual([999]);
    expect(ended).toEqual([]);
  });

  test.each<[string, unknown]>([
    ["NaN", Number.NaN],
    ["text without a number in it", "soon"],
    ["an object", {}],
  ])("that is %s is 10 seconds, and that is said once", async (_name, timeoutMs) => {
    const { client, timers, log } = clientFixture(unanswered);
    client.track("user_8842", "bought");
    const given = { timeoutMs: timeoutMs as number };
    const flushed = [client.flush(given), client.flush(given)];
    await settle();

    expect(timers.delays().filter((delay) => delay !== 999)).toEqual([10_000, 10_000]);
    timers.fire(10_000);
    timers.fire(10_000);
    expect(await Promise.all(flushed)).toEqual(Array(2).fill({ delivered: 0, dropped: 0, pending: 1 }));
    const said = log.map(({ message }) => message);
    const words = "flush() got a timeoutMs that is no number: 10,000 is taken.";
    expect(said.filter((message) => message.includes("flush()"))).toEqual([`[whisperr] ${words}`]);
    const result = client.shutdown(given);
    await settle();
    timers.fire(10_000);
    expect(await result).toEqual({ delivered: 0, dropped: 0, pending: 1 });
  });
});

test.each(["flush", "shutdown"] as const)(
  "what is no option of %s() is said, each name once",
  async (call) => {
    const { client, log } = clientFixture();
    for (const given of [{ timeout: 5, now: true }, { timeout: 5 }]) await client[call](given as object);

    expect(log.map(({ message }) => message)).toEqual([
      `[whisperr] ${call}() has no option "timeout": write timeoutMs.`,
      `[whisperr] ${call}() has no option "now": write timeoutMs.`,
    ]);
  },
);
