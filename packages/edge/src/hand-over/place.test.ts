import { expect, test } from "vitest";
import { anEvent } from "../../test/queue-fixtures.ts";
import { comparePlaces, createPlaces, parsePlace } from "./place.ts";

test("an operation keeps its place however often it is asked for; others follow", () => {
  let now = 100;
  const { placeOf } = createPlaces(
    () => now,
    () => "client",
  );
  const [first, second] = [anEvent(1), anEvent(2)];
  const place = placeOf(first);
  expect(place).toEqual({ client: "client", number: 1, atMs: 100 });
  now = 200;
  expect(placeOf(second)).toEqual({ client: "client", number: 2, atMs: 200 });
  expect(placeOf(first)).toEqual(place);
});

test("a clock that jumps back does not disturb the order of a client", () => {
  const times = [100, 50];
  const { placeOf } = createPlaces(() => times.shift() ?? 0);
  const places = [anEvent(1), anEvent(2)].map(placeOf);
  expect(places.map(({ atMs }) => atMs)).toEqual([100, 100]);
  expect(comparePlaces(places[0] as never, places[1] as never)).toBeLessThan(0);
});

test.each([Number.NaN, 1e20, Number.POSITIVE_INFINITY])(
  "a clock that says %d once disturbs no other place, and each can be sent",
  (odd) => {
    const times = [100, odd, 200, odd, 300];
    const { placeOf } = createPlaces(() => times.shift() ?? 0);
    const identify = { kind: "identify", body: "{}" } as const;
    const places = [anEvent(1), anEvent(2), anEvent(3), identify, anEvent(4)].map(placeOf);
    expect(places.map(({ atMs }) => atMs)).toEqual([100, 100, 200, 201, 300]);
    for (const place of places) expect(parsePlace(JSON.parse(JSON.stringify(place)))).toEqual(place);
  },
);

test("a place is that of the call, however late it is asked for; two identifies have two times", () => {
  let now = 100;
  const { called, placeOf } = createPlaces(() => now);
  const identify = () => ({ kind: "identify", body: '{"external_user_id":"ada"}' }) as const;
  const operations = [identify(), identify(), anEvent(1)];
  for (const operation of operations) called(operation);
  now = 500;
  expect(operations.map(placeOf).map(({ number, atMs }) => [number, atMs])).toEqual([
    [1, 100],
    [2, 101],
    [3, 101],
  ]);
});

test("nothing random is drawn before the first place is asked for", () => {
  let drawn = 0;
  const { called, placeOf } = createPlaces(
    () => 1,
    () => `client ${++drawn}`,
  );
  called(anEvent(3));
  expect(drawn).toBe(0);
  placeOf(anEvent(1));
  placeOf(anEvent(2));
  expect(drawn).toBe(1);
});

test("places sort by time, then by client, then by number", () => {
  const place = (atMs: number, client: string, number: number) => ({ atMs, client, number });
  const sorted = [place(1, "b", 9), place(2, "a", 1), place(2, "a", 2), place(2, "b", 1)];
  expect([...sorted].reverse().sort(comparePlaces)).toEqual(sorted);
});

test("what is no place is none", () => {
  const place = { client: "c", number: 1, atMs: 1 };
  expect(parsePlace({ ...place, more: true })).toEqual(place);
  for (const value of [undefined, null, "text", {}, { ...place, client: 1 }, { ...place, number: 1.5 }])
    expect(parsePlace(value)).toBeUndefined();
  expect(parsePlace({ ...place, atMs: Number.NaN })).toBeUndefined();
});
