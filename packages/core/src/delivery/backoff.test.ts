import fc from "fast-check";
import { expect, test } from "vitest";
import { CONFIG, stateIn } from "../../test/machine-builders.ts";
import { backoffDelayMs } from "./answering.ts";
import { roundFailed } from "./flushing.ts";
import type { Machine } from "./machine.ts";

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

test.each([
  // A flush of 3 attempts, then of 2, then of 1; from then on the interval doubles to 5 minutes.
  [{}, [10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000], 6],
  [{ maxRetries: 0 }, [10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000], 6],
  // An interval that is longer than that stays what it is.
  [{ flushIntervalMs: 400_000 }, [400_000, 400_000, 400_000], 2],
  [{ flushIntervalMs: 400_000, maxRetries: 8 }, [400_000, 400_000, 400_000, 400_000, 400_000], 4],
  // No interval, no rounds by themselves: only how many attempts a flush has is counted.
  [{ flushIntervalMs: 0 }, [0, 0, 0], 2],
  [{ flushIntervalMs: 0, maxRetries: 0 }, [0, 0, 0], 2],
])("with %j, rounds that fail as a whole are followed by waits of %j ms", (over, waits, rounds) => {
  const machine = { ...stateIn("sending"), config: { ...CONFIG, ...over } } as Machine;
  expect(waits.map(() => roundFailed(machine))).toEqual(waits);
  expect(machine.rounds).toBe(rounds);
});
