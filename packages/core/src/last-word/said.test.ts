import { expect, test } from "vitest";
import { callTime, mayHaveArrived, saidBy, timeIn, withTime } from "./said.ts";

const identify = { kind: "identify", body: '{"external_user_id":"ada"}' } as const;

test("an identify says something of its user; an event says nothing", () => {
  expect(saidBy(identify, 5)).toEqual({ user: "ada", saidAtMs: 5, body: identify.body });
  expect(saidBy({ kind: "track" }, 5)).toBeUndefined();
});

test("of two calls in one millisecond the second is later, and with a clock that was set back, or tells no time", () => {
  expect([
    callTime(0, 7),
    callTime(7, 7),
    callTime(7, 3),
    callTime(7, Number.NaN),
    callTime(7, 1e20),
  ]).toEqual([7, 8, 8, 8, 8]);
});

test("the time is stored with an identify, and found again; with nothing else, and not what is no time", () => {
  expect(timeIn(withTime(identify, 5))).toBe(5);
  expect(withTime({ kind: "track" }, 5)).toEqual({ kind: "track" });
  for (const stored of [undefined, identify, { saidAtMs: "5" }, { saidAtMs: 1.5 }])
    expect(timeIn(stored)).toBeUndefined();
});

test("what was refused, or made room for others, has changed nothing on the server; what nobody heard of may have", () => {
  const leaving = [
    null,
    undefined,
    "undeliverable",
    "rejected",
    "too_large",
    "queue_full",
    "corrupt",
  ] as const;
  expect(leaving.filter((leavingAs) => mayHaveArrived({ leavingAs }))).toEqual([
    null,
    undefined,
    "undeliverable",
  ]);
  expect(mayHaveArrived(undefined)).toBe(true);
});
