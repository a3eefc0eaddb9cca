/** Whatever a host's clock and dice give, there is a number to go on with. */
import { expect, test } from "vitest";
import { randomOf, timeOf } from "./host-numbers.ts";

const fail = (): never => {
  throw new Error("not here");
};

test.each<[() => unknown, number]>([
  [() => 0, 0],
  [() => 0.999, 0.999],
  [() => 1, 0.5],
  [() => -0.1, 0.5],
  [() => Number.NaN, 0.5],
  [() => Symbol("dice"), 0.5],
  [fail, 0.5],
])("dice %#: %s gives %d", (random, expected) => {
  expect(randomOf({ random: random as () => number })).toBe(expected);
});

test("a clock that does not say is none", () => {
  expect(timeOf({ nowMs: () => 42 })).toBe(42);
  expect(timeOf({ nowMs: fail })).toBeNaN();
});
