/** A clock that is wrong: what answers say of it, and what is made of that (contract, section 4). */
import { describe, expect, test } from "vitest";
import { clientFixture } from "../../test/client-fixture.ts";
import { NOW_MS, settle } from "../../test/fake-ports.ts";
import { exchange, response } from "../../test/transport-fixture.ts";

const MINUTE_MS = 60_000;

const dated = (ms: number) => new Headers({ date: new Date(ms).toUTCString() });

describe("how far the clock is ahead", () => {
  /** `serverMs`: the server's clock, from ours at the time of sending. `meanwhileMs`: how far ours moves until the answer. */
  async function aheadMs(serverMs: number, meanwhileMs = 0): Promise<number | undefined> {
    let nowMs = NOW_MS;
    const fetch = async () => {
      nowMs += meanwhileMs;
      return response({ headers: dated(NOW_MS + serverMs) });
    };
    const { answer } = exchange(fetch, { nowMs: () => nowMs });
    await settle();
    return answer()?.clockAheadMs;
  }

  test.each([
    ["ten minutes fast, by a date without its milliseconds", -10 * MINUTE_MS, 0, 10 * MINUTE_MS - 999],
    ["ten minutes slow", 10 * MINUTE_MS, 0, -10 * MINUTE_MS],
    ["a minute fast is as good as right", -MINUTE_MS, 0, 0],
    ["a minute slow is as good as right", MINUTE_MS, 0, 0],
    [
      "a machine that slept for a day before it read the answer has no wrong clock",
      1000,
      24 * 60 * MINUTE_MS,
      0,
    ],
    ["a clock that was set back by a day meanwhile tells nothing", 1000, -24 * 60 * MINUTE_MS, 0],
    ["a minute and a second slow", MINUTE_MS + 1000, 0, -MINUTE_MS - 1000],
    ["a minute and two seconds fast", -MINUTE_MS - 2000, 0, MINUTE_MS + 1001],
  ])("%s", async (_name, serverMs, meanwhileMs, expected) => {
    expect((await aheadMs(serverMs, meanwhileMs)) === expected).toBe(true);
  });

  test.each(["", "soon", "Sun, 99 Nov 1994 08:49:37 GMT", "2026-06-14T12:00:00Z"])(
    "nobody knows from the date %j",
    async (date) => {
      const { answer } = exchange(async () => response({ headers: new Headers({ date }) }));
      await settle();
      expect(answer()).toMatchObject({ status: 202, clockAheadMs: undefined });
    },
  );

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e20])(
    "a clock that says %d has no answer the worse",
    async (ms) => {
      const { answer } = exchange(async () => response({ headers: dated(NOW_MS) }), { nowMs: () => ms });
      await settle();
      expect(answer()).toMatchObject({ status: 202, body: "{}" });
    },
  );
});

describe("an event is stamped", () => {
  /** The API is `aheadMs` ahead of a client whose clock may be set; each answer takes what `answers` has next. */
  function fixture(answers: readonly { status: number; body?: string; date?: number }[]) {
    const waiting = [...answers];
    const stamped: string[] = [];
    const made = clientFixture({
      fetch: async (_url, { body }) => {
        const { events } = JSON.parse(body) as { events: { occurred_at: string }[] };
        stamped.push(...events.map(({ occurred_at }) => occurred_at));
        const { status, body: text = "", date } = waiting.shift() ?? { status: 202 };
        return response({
          status,
          headers: date === undefined ? new Headers() : dated(date),
          text: async () => text,
        });
      },
    });
    const record = async () => {
      made.client.track("ada", "bought");
      await made.client.flush();
      return Date.parse(stamped.at(-1) ?? "") - NOW_MS;
    };
    return { ...made, record };
  }
  const REFUSED = { status: 202, body: '{"accepted":0,"rejected":1}' };
  const HOUR_MS = 60 * MINUTE_MS;

  test("with the API's time once the API has refused everything, and said what time it is", async () => {
    const { record, errors } = fixture([{ ...REFUSED, date: NOW_MS + HOUR_MS }]);

    expect(await record()).toBe(0);
    expect(await record()).toBe(HOUR_MS);
    expect(errors[0]?.message).toContain("the clock here is 3600 s behind");
  });

  test("as before when the answer does not say what time it is", async () => {
    const { record, errors } = fixture([REFUSED]);

    expect([await record(), await record()]).toEqual([0, 0]);
    expect(errors[0]?.message).not.toContain("clock");
  });

  test.each([401, 429, 503])("as before when nothing was refused for good: %i", async (status) => {
    const { client, record, timers } = fixture([{ status, date: NOW_MS + HOUR_MS }]);
    client.track("ada", "bought");
    void client.flush();
    await settle();
    if (status !== 401) timers.fire();
    await settle();

    expect(await record()).toBe(0);
  });

  test("with the clock's own time again when it was set right, which the next success tells", async () => {
    const late = NOW_MS + HOUR_MS;
    const { record, passMs } = fixture([
      { ...REFUSED, date: late },
      { status: 202, date: late },
      { status: 202, date: late },
    ]);
    await record();
    expect(await record()).toBe(HOUR_MS);
    // Set right: the event that comes now has an hour too much, and those behind it have not.
    passMs(HOUR_MS);
    expect(await record()).toBe(2 * HOUR_MS);
    expect(await record()).toBe(HOUR_MS);
  });
});
