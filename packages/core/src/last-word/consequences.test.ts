import { expect, test } from "vitest";
import { consequencesOf, type Delivered, MAX_AGAIN, MAX_NOTED_LENGTH } from "./consequences.ts";
import type { Said } from "./said.ts";

const said = (saidAtMs: number, user = "ada"): Said => ({ user, saidAtMs, body: `${user} ${saidAtMs}` });
const all = (...times: number[]) => times.map((time) => said(time));

function follows(given: Partial<Delivered>) {
  const whole = { settled: [], known: [], waiting: [], mayBeOlder: false, ...given };
  const { again, noted, over } = consequencesOf(whole);
  return { again: again.map(({ saidAtMs }) => saidAtMs), noted: noted.map((one) => one.saidAtMs), over };
}

test("what nobody can have an older one of is not noted, and what was noted of that user may go", () => {
  expect(follows({ settled: all(2), known: all(1) })).toEqual({ again: [], noted: [], over: ["ada"] });
});

test("while somebody may have an older one it is noted; nothing is said again as long as none came", () => {
  const given = { settled: all(2, 3), known: all(1), mayBeOlder: true };
  expect(follows(given)).toEqual({ again: [], noted: [2, 3], over: [] });
});

test("an older one that came late has all the newer said again, in the order of the calls", () => {
  expect(follows({ settled: all(1), known: all(4, 2, 3), mayBeOlder: true }).again).toEqual([2, 3, 4]);
  expect(follows({ settled: all(3), known: all(4, 2) }).again).toEqual([4]);
});

test("what was settled together is said again too when it stands behind what is: the last one stays last", () => {
  expect(follows({ settled: all(1, 3), known: all(2) }).again).toEqual([2, 3]);
  expect(follows({ settled: all(3, 1) }).again).toEqual([3]);
  expect(follows({ settled: all(1, 2, 3) }).again).toEqual([]);
});

test("what was noted before it was delivered is not newer than what was delivered before it", () => {
  expect(follows({ settled: all(1, 2), known: all(1, 2) }).again).toEqual([]);
  expect(follows({ settled: all(1, 3), known: all(1, 2, 3) }).again).toEqual([2, 3]);
});

test("what waits anyway is not said once more, and keeps notes for as long as it is older", () => {
  expect(follows({ settled: all(1), known: all(2), waiting: all(2) }).again).toEqual([]);
  expect(follows({ settled: all(2), waiting: all(1) })).toMatchObject({ noted: [2], over: [] });
  expect(follows({ settled: all(2), waiting: all(3) })).toMatchObject({ noted: [], over: [] });
});

test("users have nothing to do with each other, those of the same millisecond neither", () => {
  const given = {
    settled: [said(1), said(1, "bob")],
    known: [said(2), said(2, "bob")],
    waiting: [said(2, "bob")],
  };
  expect(consequencesOf({ ...given, mayBeOlder: false }).again).toEqual([said(2)]);
});

test("users of whom nothing was settled have no part in it", () => {
  const others = [said(1, "bob"), said(3, "bob")];
  expect(follows({ settled: all(2), known: others, waiting: others })).toEqual(follows({ settled: all(2) }));
});

test("of a great many the newest are said again", () => {
  const times = Array.from({ length: 30 }, (_, n) => n + 2);
  expect(follows({ settled: all(1), known: all(...times) }).again).toEqual(times.slice(-MAX_AGAIN));
});

test("and no others while those wait: they would come behind them", () => {
  const times = Array.from({ length: 30 }, (_, n) => n + 3);
  const newest = all(...times.slice(-MAX_AGAIN));
  expect(follows({ settled: all(2), known: all(...times), waiting: newest }).again).toEqual([]);
  const [, ...others] = newest;
  expect(follows({ settled: all(2), known: all(...times), waiting: others }).again).toEqual([
    newest[0]?.saidAtMs,
  ]);
});

test("one that says very much is not noted", () => {
  const long = { ...said(1), body: "x".repeat(MAX_NOTED_LENGTH + 1) };
  expect(consequencesOf({ settled: [long], known: [], waiting: [], mayBeOlder: true }).noted).toEqual([]);
});

test.each([
  ["one user", () => "ada"],
  ["as many users", (n: number) => `user_${n}`],
])("a great many identifies of %s are each looked at a few times", (_name, userOf) => {
  let looks = 0;
  const many = Array.from({ length: 50_000 }, (_, n) => ({
    ...said(n),
    get user() {
      looks += 1;
      return userOf(n);
    },
  }));
  const { again } = consequencesOf({ settled: many, known: [], waiting: many, mayBeOlder: true });
  expect(again).toEqual([]);
  expect(looks).toBeLessThan(10 * many.length);
});
