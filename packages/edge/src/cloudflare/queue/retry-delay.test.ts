import { expect, test } from "vitest";
import { retryDelaySeconds } from "./retry-delay.ts";

const DELAY = { baseSeconds: 10, maxSeconds: 3600 };

test("doubles with each attempt, up to the longest, with jitter", () => {
  const delays = [1, 2, 3, 10, 100].map((attempts) => retryDelaySeconds(attempts, 0.999, DELAY));
  expect(delays).toEqual([10, 20, 40, 3600, 3600].map((seconds) => Math.round(seconds * 0.9995)));
  expect(retryDelaySeconds(1, 0, DELAY)).toBe(5);
});

test("is a whole second at least", () => {
  expect(retryDelaySeconds(1, 0, { baseSeconds: 1, maxSeconds: 1 })).toBe(1);
});

test("a Retry-After is kept at least, in whole seconds, and doubled when the server asks again and again", () => {
  expect(retryDelaySeconds(1, 0, DELAY, 2000)).toBe(2);
  expect(retryDelaySeconds(1, 0, DELAY, 1001)).toBe(2);
  expect(retryDelaySeconds(3, 0, DELAY, 2000)).toBe(8);
  expect(retryDelaySeconds(100, 0, DELAY, 2000)).toBe(3600);
  expect(retryDelaySeconds(1, 0, { baseSeconds: 1, maxSeconds: 5 }, 60_000)).toBe(60);
});
