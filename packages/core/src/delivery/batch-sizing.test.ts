import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answered } from "../../test/machine-builders.ts";
import { deliver, FULL_BATCH } from "../../test/pure-delivery.ts";
import { transition } from "../../test/transition.ts";
import type { Outcome } from "../http/exchange.ts";
import { MAX_DROPPED_TOGETHER, MAX_REFUSALS_IN_A_ROW } from "./answering.ts";
import { type DeliveryState, initialState } from "./state.ts";

const accepted: Outcome = { kind: "accepted", rejected: 0 };
const rejected: Outcome = { kind: "rejected" };
const tooLarge: Outcome = { kind: "too_large" };

type Sizing = Partial<Pick<DeliveryState, "inFlight" | "limit" | "suspect" | "ceiling" | "refusals">>;

/** What the answer to a request in the middle of a long queue makes of the sizing. */
const answering = (sizing: Sizing, outcome: Outcome) => {
  const given: DeliveryState = {
    ...initialState({ maxBatchSize: 500 }),
    phase: "sending",
    pending: 1000,
    goal: 1000,
    ...sizing,
  };
  const { state, effects } = transition(given, answered(outcome), FULL_BATCH);
  return { isDropped: effects.some(({ type }) => type === "drop"), ...state };
};

const accepting = (sizing: Sizing) => answering(sizing, accepted);

const refusingAs = (sizing: Sizing, isTooLarge: boolean) =>
  answering(sizing, isTooLarge ? tooLarge : rejected);

/** A server that answers 400 to the whole batch because of one event. */
const refusing = (bad: ReadonlySet<number>) => (batch: readonly number[]) =>
  batch.some((place) => bad.has(place)) ? rejected : accepted;

const allBut = (bad: ReadonlySet<number>) =>
  Array.from({ length: 500 }, (_, place) => place).filter((place) => !bad.has(place));

/** `count` bad events next to each other. */
const run = (from: number, count: number) => new Set(Array.from({ length: count }, (_, i) => from + i));

describe("one bad event costs that one event and at most 24 requests, wherever it is in a batch of 500", () => {
  test.each([
    ["refused with every batch that holds it", rejected],
    ["too large for every batch that holds it", tooLarge],
  ])("%s", (_name, outcome) => {
    const costs = Array.from({ length: 500 }, (_, place) => {
      const { requests, delivered, dropped } = deliver(500, (batch) =>
        batch.includes(place) ? outcome : accepted,
      );
      expect(dropped).toEqual([place]);
      expect(delivered).toEqual(allBut(new Set([place])));
      return requests;
    });

    expect(Math.max(...costs)).toBeLessThanOrEqual(24);
  });
});

describe("a server that refuses everything", () => {
  test.each([
    ["at once", 500],
    ["in flushes of 20", 20],
    ["in flushes of 10", 10],
  ])("sees at most 120 requests for 500 events that are queued %s", (_name, perFlush) => {
    const { requests, delivered, dropped } = deliver(500, () => rejected, FULL_BATCH, perFlush);

    expect(requests).toBeLessThanOrEqual(120);
    expect(delivered).toEqual([]);
    expect(dropped).toHaveLength(500);
  });

  test("sees 72 requests that search, and from then on twice as many events in each, up to 50", () => {
    const sizes: number[] = [];
    deliver(500, (batch) => {
      sizes.push(batch.length);
      return rejected;
    });

    expect(MAX_REFUSALS_IN_A_ROW).toBe(72);
    expect(MAX_DROPPED_TOGETHER).toBe(50);
    expect(sizes.slice(9, 72)).toEqual(Array(63).fill(1));
    expect(sizes.slice(72, 79)).toEqual([2, 4, 8, 16, 32, 50, 50]);
    expect(sizes.length).toBeLessThanOrEqual(90);
  });

  test("or to which everything is too large, sees no more than 72 requests that search", () => {
    const sizes: number[] = [];
    const { dropped } = deliver(500, (batch) => {
      sizes.push(batch.length);
      return tooLarge;
    });

    expect(dropped).toHaveLength(500);
    expect(sizes.slice(0, 10)).toEqual([500, 250, 125, 62, 31, 15, 7, 3, 1, 499]);
    expect(sizes.slice(72, 78)).toEqual([2, 4, 8, 16, 32, 50]);
  });

  test("is no longer searched from the 72nd refusal on, whatever was refused", () => {
    const last = { inFlight: 1, limit: 1, refusals: 71 };

    expect(refusingAs(last, true)).toMatchObject({ isDropped: true, limit: 2, refusals: 72 });
    expect(refusingAs(last, false)).toMatchObject({ isDropped: true, limit: 2, refusals: 72 });
  });

  test.each([1000, 10_000])("sees about one request more for every 50 of %i events", (count) => {
    const { requests, dropped } = deliver(count, () => rejected);

    expect(dropped).toHaveLength(count);
    expect(requests).toBeLessThanOrEqual(90 + count / 50);
  });

  test("is believed to be mended by one acceptance", () => {
    const spent = { inFlight: 50, limit: 50, refusals: 78 };
    const again = accepting(spent);

    expect(refusingAs(spent, false).isDropped).toBe(true);
    expect(refusingAs({ ...again, inFlight: 2 }, false).isDropped).toBe(false);
    expect(again).toMatchObject({ limit: 100, suspect: 0, ceiling: 500, refusals: 0 });
  });

  test("and is mended in between takes the rest, and one bad event then costs only itself again", () => {
    let requests = 0;
    const { dropped, delivered } = deliver(2000, (batch) =>
      ++requests <= 80 || batch.includes(1500) ? rejected : accepted,
    );
    const lost = dropped.filter((place) => place !== 1500);

    expect(dropped).toContain(1500);
    expect(lost).toEqual(lost.map((_, index) => index));
    expect(delivered).toHaveLength(2000 - lost.length - 1);
  });
});

test("of several bad events exactly those are dropped, in order", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: 499 }), { maxLength: 12 }), (places) => {
      const bad = new Set(places);
      const { requests, delivered, dropped } = deliver(500, refusing(bad));

      expect(dropped).toEqual([...places].sort((a, b) => a - b));
      expect(delivered).toEqual(allBut(bad));
      expect(requests).toBeLessThanOrEqual(1 + 24 * Math.max(bad.size, 1));
    }),
  );
});

describe("bad events next to each other", () => {
  test("cost about one request each, not a search each; 60 take no good one with them, wherever they are", () => {
    const costs = Array.from({ length: 441 }, (_, from) => {
      const bad = run(from, 60);
      const { requests, delivered, dropped } = deliver(500, refusing(bad));
      expect(dropped).toEqual([...bad]);
      expect(delivered).toEqual(allBut(bad));
      return requests;
    });

    expect(Math.max(...costs)).toBeLessThanOrEqual(60 + 24);
  });

  test("at the front take no good one with them up to 60, and beyond that at most as many, however many they are", () => {
    for (let count = 1; count <= 100; count++) {
      const { requests, delivered, dropped } = deliver(500, refusing(run(0, count)));

      expect(dropped).toEqual([...run(0, dropped.length)]);
      const most = count <= 60 ? 0 : count;
      expect(dropped.length - count, `good ones lost to ${count} bad ones`).toBeLessThanOrEqual(most);
      expect(delivered).toHaveLength(500 - dropped.length);
      expect(requests).toBeLessThanOrEqual(90);
    }
  });

  test("and as many good ones in turn, again and again, take no good one with them", () => {
    for (let length = 1; length <= 60; length++) {
      const bad = new Set([...allBut(new Set())].filter((place) => Math.floor(place / length) % 2 === 0));

      expect(deliver(500, refusing(bad)).dropped, `in turn ${length} bad and ${length} good`).toEqual([
        ...bad,
      ]);
    }
  });

  test.each([
    [30, 470],
    [72, 350],
    [100, 300],
  ])("%i at the front leave at least %i good ones to be delivered", (count, atLeast) => {
    expect(deliver(500, refusing(run(0, count))).delivered.length).toBeGreaterThanOrEqual(atLeast);
  });
});

test.each([1, 2, 3, 7, 50, 100, 249, 250, 251, 499])(
  "a server that takes at most %i events a request gets all of them",
  (most) => {
    const { requests, delivered, dropped } = deliver(1000, (batch) =>
      batch.length > most ? tooLarge : accepted,
    );

    expect(delivered).toHaveLength(1000);
    expect(dropped).toEqual([]);
    // The best possible, twice for a limit found by halving, twice for trying one more after every success.
    expect(requests).toBeLessThanOrEqual(10 + 4 * Math.ceil(1000 / most));
  },
);

test("a batch smaller than the size limit says nothing about it", () => {
  const limited = { limit: 50, ceiling: 50 };

  expect(accepting({ ...limited, inFlight: 49 })).toMatchObject(limited);
  expect(accepting({ ...limited, inFlight: 50 })).toMatchObject({ limit: 51, ceiling: 51 });
});

test("the one event that must be the bad one is taken after all: the search is over", () => {
  const searching = { inFlight: 1, limit: 1, suspect: 1, refusals: 9 };

  expect(accepting(searching)).toMatchObject({ limit: 2, suspect: 0, ceiling: 500, refusals: 0 });
});

test("a size limit that is gone is outgrown again, one operation with every success", () => {
  let requests = 0;
  const sizes: number[] = [];
  deliver(200, (batch) => {
    if (++requests < 10 && batch.length > 5) return tooLarge;
    sizes.push(batch.length);
    return accepted;
  });

  expect(sizes.slice(0, 4)).toEqual([3, 4, 5, 6]);
  expect(Math.max(...sizes)).toBeGreaterThan(15);
});

test("a bad event and a size limit at once: the bad one goes, the rest arrives", () => {
  const { delivered, dropped } = deliver(500, (batch) => {
    if (batch.length > 90) return tooLarge;
    return batch.includes(321) ? rejected : accepted;
  });

  expect(dropped).toEqual([321]);
  expect(delivered).toEqual(allBut(new Set([321])));
});
