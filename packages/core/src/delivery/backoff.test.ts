import fc from "fast-check";
import { expect, test } from "vitest";
import { backoffDelayMs } from "./answering.ts";

const DEFAULTS = { baseMs: 1000, maxMs: 30_000 };

test("the wait doubles with every failure until the cap", () => {
  const longest = [1, 2, 3, 4, 5, 6, 7].map((failures) => backoffDelayMs(failures, 1, DEFAULTS));

  expect(longest).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
});

test("randomness draws from the upper half of the step", () => {
  expect(backoffDelayMs(3, 0, DEFAULTS)).toBe(2000);
  expect(backoffDelayMs(3, 0.5, DEFAULTS)).toBe(3000);
  expect(backoffDelayMs(3, 0.999_999, DEFAULTS)).toBe(4000);
});

test("whatever the numbers, the wait is a whole number of ms between half the step and the cap", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1001 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.integer({ min: 1, max: 100_000 }),
      fc.integer({ min: 0, max: 1_000_000 }),
      (failures, random, baseMs, above) => {
        const delayMs = backoffDelayMs(failures, random, { baseMs, maxMs: baseMs + above });

        expect(Number.isInteger(delayMs)).toBe(true);
        expect(delayMs).toBeGreaterThanOrEqual(Math.floor(baseMs / 2));
        expect(delayMs).toBeLessThanOrEqual(baseMs + above);
      },
    ),
  );
});
