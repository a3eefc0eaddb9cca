/** What cannot be told apart from an outage must cost no more than one; and an outage loses nothing. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CONFIG } from "../../test/machine-builders.ts";
import { deliverFor } from "../../test/timed-delivery.ts";
import type { Outcome } from "../http/exchange.ts";
import type { DeliveryConfig } from "./state.ts";

const HOUR_MS = 3_600_000;
const ACCEPTED: Outcome = { kind: "accepted", rejected: 0 };
const REFUSED: Outcome = { kind: "retry", blames: "content" };
const CUT_OFF: Outcome = { kind: "retry", blames: "size" };
/** A failure that says nothing of what was sent: all there was before anything was blamed. */
const UNBLAMED: Outcome = { kind: "retry" };

const DEFAULTS: DeliveryConfig = {
  ...CONFIG,
  flushAt: 20,
  maxQueueSize: 10_000,
  maxBatchSize: 500,
  maxRetries: 6,
};

const configs = fc
  .record({
    maxRetries: fc.integer({ min: 0, max: 9 }),
    flushIntervalMs: fc.constantFrom(1000, 10_000, 60_000),
  })
  .map((some) => ({ ...DEFAULTS, ...some }));

const failures = fc.array(fc.constantFrom(REFUSED, CUT_OFF, UNBLAMED), { minLength: 1, maxLength: 20 });

describe("an outage", () => {
  test("takes no request more than before anything was blamed: each probe is the next attempt, made early", () => {
    fc.assert(
      fc.property(configs, fc.integer({ min: 1, max: 200 }), failures, (config, count, failed) => {
        const plain = deliverFor(HOUR_MS, count, config, () => UNBLAMED);
        const found = deliverFor(HOUR_MS, count, config, (_batch, _atMs, request) => nth(failed, request));

        expect(found.pending).toEqual(plain.pending);
        expect(found.dropped).toEqual([]);
        for (const [index, { batch, atMs }] of found.requests.entries()) {
          const isProbe = batch[0] !== 0;
          expect(atMs).toBeGreaterThanOrEqual(plain.requests[isProbe ? index - 1 : index]?.atMs as number);
        }
      }),
    );
  });

  test("that ends at any moment loses nothing, and the order stays, but in the second before a probe", () => {
    fc.assert(
      fc.property(
        configs,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: HOUR_MS }),
        failures,
        (config, count, endsAtMs, failed) => {
          const { requests, delivered, dropped } = deliverFor(
            2 * HOUR_MS,
            count,
            config,
            (_batch, atMs, request) => (atMs >= endsAtMs ? ACCEPTED : nth(failed, request)),
          );
          const first = requests.findIndex(({ atMs }) => atMs >= endsAtMs);
          const [probed, ...others] = delivered as [number, ...number[]];

          expect(dropped).toEqual([]);
          if (probed === 0) expect(delivered).toEqual(places(count));
          else {
            expect(others).toEqual(places(count).filter((place) => place !== probed));
            expect(endsAtMs - (requests[first - 1]?.atMs as number)).toBeLessThanOrEqual(1000);
          }
        },
      ),
    );
  });

  test("that ends between a failure and the probe that follows it loses nothing: one comes before its turn", () => {
    let ahead = 0;
    for (let endsAfter = 0; endsAfter < 60; endsAfter++) {
      const { delivered, dropped } = deliverFor(HOUR_MS * 9, 20, DEFAULTS, (_batch, _atMs, request) =>
        request > endsAfter ? ACCEPTED : REFUSED,
      );

      expect(dropped).toEqual([]);
      expect([...delivered].sort((one, other) => one - other)).toEqual(places(20));
      if (delivered[0] === 0) continue;
      ahead++;
      expect(delivered.slice(1)).toEqual(places(20).filter((place) => place !== delivered[0]));
    }
    expect(ahead).toBeGreaterThan(0);
    expect(ahead).toBeLessThanOrEqual(60 / 4);
  });
});

describe("one of 201 that is not let through, wherever it stands,", () => {
  test.each([
    [0, 30],
    [1, 30],
    [6, 30],
    [20, 30],
  ])("is dropped, it alone, with maxRetries %i within %i requests", (maxRetries, most) => {
    for (const bad of places(200)) {
      const { requests, delivered, dropped } = deliverFor(
        HOUR_MS,
        201,
        { ...DEFAULTS, maxRetries },
        (batch) => (batch.includes(bad) ? REFUSED : ACCEPTED),
      );

      expect(dropped).toEqual([{ place: bad, reason: "undeliverable" }]);
      // The order of all others is the order of the calls: the one that was probed stood right behind.
      expect(delivered).toEqual(places(201).filter((place) => place !== bad));
      expect(requests.length).toBeLessThanOrEqual(most);
    }
  });

  test("or is the last one, waits until something stands behind it", () => {
    const { delivered, dropped, pending } = deliverFor(HOUR_MS, 201, DEFAULTS, (batch) =>
      batch.includes(200) ? REFUSED : ACCEPTED,
    );

    expect({ delivered, dropped, pending }).toEqual({ delivered: places(200), dropped: [], pending: [200] });
  });
});

test.each([2, 5, 20, 50])(
  "a run of %i that are not let through is passed, and nothing else goes with them",
  (length) => {
    const isBad = (place: number) => place >= 50 && place < 50 + length;
    const { requests, delivered, dropped } = deliverFor(24 * HOUR_MS, 200, DEFAULTS, (batch) =>
      batch.some(isBad) ? REFUSED : ACCEPTED,
    );

    expect(dropped.map(({ place }) => place)).toEqual(places(200).filter(isBad));
    expect([...delivered].sort((one, other) => one - other)).toEqual(
      places(200).filter((place) => !isBad(place)),
    );
    expect(requests.length).toBeLessThanOrEqual(40 + 6 * length);
  },
);

/** Over and over. */
function nth(outcomes: readonly Outcome[], request: number): Outcome {
  return outcomes[request % outcomes.length] as Outcome;
}

function places(count: number): number[] {
  return Array.from({ length: count }, (_, place) => place);
}
