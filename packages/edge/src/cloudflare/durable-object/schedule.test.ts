import { expect, test } from "vitest";
import { nextAlarmMs } from "./schedule.ts";

const SCHEDULE = { flushAt: 20, flushIntervalMs: 1000 };
const NO_WAIT = { failures: 0, notBeforeMs: 0 };

test("an empty queue needs no alarm", () => {
  expect(nextAlarmMs({ size: 0, oldestAtMs: undefined }, NO_WAIT, SCHEDULE)).toBeNull();
});

test("few operations wait for company, flushAt of them for nothing", () => {
  expect(nextAlarmMs({ size: 19, oldestAtMs: 5000 }, NO_WAIT, SCHEDULE)).toBe(6000);
  expect(nextAlarmMs({ size: 20, oldestAtMs: 5000 }, NO_WAIT, SCHEDULE)).toBe(5000);
});

test("nothing shortens a backoff or a Retry-After", () => {
  const waiting = { failures: 1, notBeforeMs: 9000 };
  expect(nextAlarmMs({ size: 100, oldestAtMs: 5000 }, waiting, SCHEDULE)).toBe(9000);
  expect(nextAlarmMs({ size: 1, oldestAtMs: 8500 }, waiting, SCHEDULE)).toBe(9500);
});
