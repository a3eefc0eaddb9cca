import { expect, test, vi } from "vitest";
import { createTally } from "./tally.ts";

test("waiting ends when the count is reached, at once when it already was", async () => {
  const tally = createTally("requests arrived");
  const two = tally.waitFor(2, 60_000);
  tally.add();
  tally.add();
  await two;
  await tally.waitFor(1, 0);
  expect(tally.count()).toBe(2);
});

test("waiting in vain says how far it got", async () => {
  vi.useFakeTimers();
  const tally = createTally("requests arrived");
  tally.add();
  const outcome = expect(tally.waitFor(3, 500)).rejects.toThrow("1 of 3 requests arrived within 500 ms");
  vi.advanceTimersByTime(500);
  await outcome;
  vi.useRealTimers();
});
