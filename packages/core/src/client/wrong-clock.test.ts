/** A clock that is wrong: what answers say of it, and what is made of that (contract, section 4). */
import { describe, expect, test } from "vitest";
import { clientFixture } from "../../test/client-fixture.ts";
import { NOW_MS, settle } from "../../test/fake-ports.ts";
import { exchange, response } from "../../test/transport-fixture.ts";
import type { WhisperrOptions } from "../options.ts";

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

  test("nobody knows from a clock that shows no time any more, be it before or after", async () => {
    for (const times of [
      [NOW_MS, 1e20],
      [1e20, NOW_MS],
    ]) {
      const { answer } = exchange(async () => response({ headers: dated(NOW_MS) }), {
        nowMs: () => times.shift() ?? NOW_MS,
      });
      await settle();
      expect(answer()).toMatchObject({ status: 202, clockAheadMs: undefined });
    }
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e20, 8.64e15])(
    "a clock that says %d has no answer the worse",
    async (ms) => {
      const { answer } = exchange(async () => response({ headers: dated(NOW_MS) }), { nowMs: () => ms });
      await settle();
      expect(answer()).toMatchObject({ status: 202, body: "{}", clockAheadMs: undefined });
    },
  );
});

describe("an event is stamped", () => {
  /** The API is `aheadMs` ahead of a client whose clock may be set; each answer takes what `answers` has next. */
  function fixture(
    answers: readonly { status: number; body?: string; date?: number; retryAfter?: string }[],
    options: Partial<WhisperrOptions> = {},
  ) {
    const waiting = [...answers];
    const stamped: string[] = [];
    const made = clientFixture({
      ...options,
      fetch: async (_url, { body }) => {
        const { events } = JSON.parse(body) as { events: { occurred_at: string }[] };
        stamped.push(...events.map(({ occurred_at }) => occurred_at));
        const { status, body: text = "", date, retryAfter } = waiting.shift() ?? { status: 202 };
        const headers = date === undefined ? new Headers() : dated(date);
        if (retryAfter) headers.set("retry-after", retryAfter);
        return response({
          status,
          headers,
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

  test("and a wait until a date of the API's is as long as the API meant", async () => {
    const { client, record, timers } = fixture([
      { ...REFUSED, date: NOW_MS + HOUR_MS },
      { status: 503, retryAfter: new Date(NOW_MS + HOUR_MS + 20_000).toUTCString() },
    ]);
    await record();
    client.track("ada", "bought");
    void client.flush();
    await settle();

    expect(timers.delays()).toContain(20_000);
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

  describe("where the date is wrong, and not the clock, as that of a proxy may be,", () => {
    /** The API takes what is stamped within 5 minutes, unless it is `bad`; every answer has a date that is an hour late. */
    function proxied() {
      let isBad = false;
      const requests: number[] = [];
      const withProxy = clientFixture({
        fetch: async (_url, { body }) => {
          const { events } = JSON.parse(body) as { events: { occurred_at: string }[] };
          const atMs = Date.parse(events.at(-1)?.occurred_at ?? "") - NOW_MS;
          requests.push(atMs);
          const rejected = isBad || atMs > 5 * MINUTE_MS ? events.length : 0;
          return response({
            status: 202,
            headers: dated(NOW_MS + HOUR_MS),
            text: async () => JSON.stringify({ accepted: events.length - rejected, rejected }),
          });
        },
      });
      const record = async (bad: boolean) => {
        isBad = bad;
        withProxy.client.track("ada", "bought");
        await withProxy.client.flush();
      };
      return { client: withProxy.client, record, requests };
    }

    test("what was refused for another reason costs one more event, and no later one", async () => {
      const { client, record, requests } = proxied();
      await record(true);
      for (let more = 0; more < 5; more++) await record(false);

      expect(requests).toEqual([0, HOUR_MS, 0, 0, 0, 0]);
      expect(client.stats()).toMatchObject({ delivered: 4, dropped: { rejected_by_server: 2 } });
    });

    test("it is not believed for ever", async () => {
      const { client, record } = proxied();
      for (let time = 0; time < 20; time++) {
        await record(true);
        await record(false);
        await record(false);
      }

      expect(client.stats().dropped).toEqual({ rejected_by_server: 20 + 3 });
      expect(client.stats().delivered).toBe(40 - 3);
    });
  });

  test.each([2, 3])(
    "%i that were stamped before the clock was corrected say nothing of the correction",
    async (count) => {
      const late = NOW_MS - HOUR_MS;
      const { client, record } = fixture(
        [...Array(count).fill({ ...REFUSED, date: late }), { status: 202, date: late }],
        { maxBatchSize: 1 },
      );
      for (let number = 0; number < count; number++) client.track("ada", "bought");
      await client.flush();

      expect(await record()).toBe(-HOUR_MS + 999);
    },
  );

  test("as before while everything is taken, whatever the date says", async () => {
    const { record } = fixture([{ status: 202, date: NOW_MS + HOUR_MS }]);

    expect([await record(), await record()]).toEqual([0, 0]);
  });

  test("with the API's time where it refuses an event by its status as well", async () => {
    const { record } = fixture([{ status: 422, date: NOW_MS + HOUR_MS }]);

    expect([await record(), await record()]).toEqual([0, HOUR_MS]);
  });

  test("with the API's time as it was told last, where a later answer does not tell it", async () => {
    const { client, record } = fixture([{ ...REFUSED, date: NOW_MS + HOUR_MS }, { status: 202 }]);
    await record();

    expect([await record(), await record()]).toEqual([HOUR_MS, HOUR_MS]);
    expect(client.stats()).toMatchObject({ accepted: 3, delivered: 2 });
  });

  test("with the API's time once that was taken, whatever is refused later", async () => {
    const date = NOW_MS + HOUR_MS;
    const { record } = fixture([
      { ...REFUSED, date },
      { status: 202, date },
      { ...REFUSED, date },
    ]);
    await record();

    expect([await record(), await record(), await record()]).toEqual([HOUR_MS, HOUR_MS, HOUR_MS]);
  });
});
