import fc from "fast-check";
import { expect, test } from "vitest";
import { deliver } from "../../test/pure-delivery.ts";
import type { Outcome } from "../outcome.ts";
import { initialSizing, MAX_REFUSALS_IN_A_ROW, sizingForNewFlush } from "./batch-sizing.ts";

const accepted: Outcome = { kind: "accepted", rejected: 0 };
const rejected: Outcome = { kind: "rejected" };
const tooLarge: Outcome = { kind: "tooLarge" };

/** A server that answers 400 to the whole batch because of one event. */
const refusing = (bad: ReadonlySet<number>) => (batch: readonly number[]) =>
  batch.some((place) => bad.has(place)) ? rejected : accepted;

const allBut = (bad: ReadonlySet<number>) =>
  Array.from({ length: 500 }, (_, place) => place).filter((place) => !bad.has(place));

test("one bad event costs that one event and at most 24 requests, wherever it is in a batch of 500", () => {
  const costs = Array.from({ length: 500 }, (_, place) => {
    const bad = new Set([place]);
    const { requests, delivered, dropped } = deliver(500, refusing(bad));
    expect(dropped).toEqual([place]);
    expect(delivered).toEqual(allBut(bad));
    return requests;
  });

  expect(Math.max(...costs)).toBeLessThanOrEqual(24);
});

test("a server that refuses everything sees at most 120 requests for 500 events", () => {
  const { requests, delivered, dropped } = deliver(500, () => rejected);

  expect(requests).toBeLessThanOrEqual(120);
  expect(delivered).toEqual([]);
  expect(dropped).toHaveLength(500);
});

test("a server that refuses everything sees few more requests for 20 times as many events", () => {
  expect(deliver(10_000, () => rejected).requests).toBeLessThanOrEqual(120);
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

test("bad events next to each other cost about one request each, not a search each", () => {
  const bad = new Set(Array.from({ length: 40 }, (_, index) => 200 + index));
  const { requests, dropped } = deliver(500, refusing(bad));

  expect(dropped).toEqual([...bad]);
  expect(requests).toBeLessThanOrEqual(40 + 24);
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

test("an event that is too large on its own is dropped, and the others are delivered in full batches again", () => {
  const { requests, delivered, dropped } = deliver(500, (batch) =>
    batch.includes(123) ? tooLarge : accepted,
  );

  expect(dropped).toEqual([123]);
  expect(delivered).toEqual(allBut(new Set([123])));
  expect(requests).toBeLessThanOrEqual(200);
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

test("a new flush gives back a little of a spent budget, and leaves an unspent one alone", () => {
  const spent = { ...initialSizing(500), refusals: MAX_REFUSALS_IN_A_ROW };
  const unspent = { ...initialSizing(500), refusals: 3 };

  expect(sizingForNewFlush(spent).refusals).toBe(70);
  expect(sizingForNewFlush(unspent)).toBe(unspent);
});
