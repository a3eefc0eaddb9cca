import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { arrayOutbox, aTrack } from "../../test/operations.ts";
import { createMemoryOutbox } from "./memory-outbox.ts";
import type { Outbox } from "./outbox.ts";

type Action = { readonly append: number } | { readonly offset: number; readonly count: number };

const actions = fc.array(
  fc.oneof(
    fc.record({ append: fc.integer({ min: 1, max: 900 }) }),
    fc.record({ offset: fc.nat({ max: 20 }), count: fc.integer({ min: 1, max: 900 }) }),
  ),
  { maxLength: 40 },
);

/** Appends, or removes as much of what was asked as is there. */
function perform(outbox: Outbox, action: Action, firstNumber: number): void {
  if ("append" in action) {
    for (let i = 0; i < action.append; i++) outbox.append(aTrack({ idNumber: firstNumber + i }));
    return;
  }
  const offset = Math.min(action.offset, outbox.size);
  const count = Math.min(action.count, outbox.size - offset);
  if (count > 0) outbox.remove(offset, count);
}

function contents(outbox: Outbox): unknown[] {
  return Array.from({ length: outbox.size }, (_, index) => outbox.at(index));
}

test("holds what a plain array would hold, whatever is appended and removed", () => {
  fc.assert(
    fc.property(actions, (run) => {
      const outbox = createMemoryOutbox();
      const array = arrayOutbox();
      run.forEach((action, index) => {
        perform(outbox, action, index * 1000);
        perform(array, action, index * 1000);
        expect(outbox.size).toBe(array.size);
        expect(outbox.at(0)).toEqual(array.at(0));
        expect(outbox.at(outbox.size)).toBeUndefined();
      });
      expect(contents(outbox)).toEqual(contents(array));
    }),
  );
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Counts the elements that array methods move: the work that grows with a queue if anything does. */
function countMoves(): () => number {
  let moved = 0;
  const { slice, concat, splice } = Array.prototype;
  vi.spyOn(Array.prototype, "slice").mockImplementation(function (
    this: unknown[],
    ...bounds: [number?, number?]
  ) {
    const result = slice.apply(this, bounds);
    moved += result.length;
    return result;
  });
  vi.spyOn(Array.prototype, "concat").mockImplementation(function (this: unknown[], ...others: unknown[]) {
    const result = concat.apply(this, others);
    moved += result.length;
    return result;
  });
  vi.spyOn(Array.prototype, "splice").mockImplementation(function (
    this: unknown[],
    start: number,
    count: number,
  ) {
    moved += this.length - start;
    return splice.call(this, start, count);
  });
  return () => moved;
}

test("a full queue is as fast as an empty one: the oldest of 10,000 goes for every new one", () => {
  const outbox = createMemoryOutbox();
  for (let i = 0; i < 10_000; i++) outbox.append(aTrack());
  const moved = countMoves();

  for (let i = 0; i < 100_000; i++) {
    outbox.append(aTrack());
    outbox.remove(0, 1);
  }

  expect(outbox.size).toBe(10_000);
  expect(moved()).toBeLessThanOrEqual(2 * 100_000);
  expect(moved(), "freed slots are given back").toBeGreaterThan(0);
});

test("evicting behind a batch of 500 in flight is as fast", () => {
  const outbox = createMemoryOutbox();
  for (let i = 0; i < 10_000; i++) outbox.append(aTrack());
  const moved = countMoves();

  for (let i = 0; i < 100_000; i++) {
    outbox.append(aTrack());
    outbox.remove(500, 1);
  }

  expect(outbox.size).toBe(10_000);
  expect(moved()).toBeLessThanOrEqual(2 * 100_000);
});

test("lets go of what was removed", () => {
  const outbox = createMemoryOutbox();
  for (let i = 0; i < 3; i++) outbox.append(aTrack());

  outbox.remove(0, 3);

  expect(outbox.size).toBe(0);
  expect(outbox.at(0)).toBeUndefined();
});
