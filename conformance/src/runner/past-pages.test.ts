import { expect, test } from "vitest";
import type { Observation } from "../protocol.ts";
import { createPastPages } from "./past-pages.ts";
import { batch } from "./recorded-request-builder.ts";

const nothing: Observation = { stats: null, errors: [], output: [], thrown: [] };
const page = (stats: object, more: Partial<Observation> = {}): Observation => ({
  ...nothing,
  stats,
  ...more,
});

test("what a page left pending is counted once, by the page that took it over", () => {
  const past = createPastPages();
  past.add(page({ accepted: 5, delivered: 2, dropped: { invalid: 1 }, pending: 2 }), []);
  past.add(page({ accepted: 3, delivered: 0, dropped: {}, pending: 3 }), []);
  const latest = { accepted: 4, delivered: 3, dropped: { invalid: 1 }, pending: 0 };
  expect(past.wholeLedger(latest)).toEqual({
    accepted: 7,
    delivered: 5,
    dropped: { invalid: 2 },
    pending: 0,
  });
});

test("reports of all pages are looked at, figures of the latest", () => {
  const past = createPastPages();
  past.add(page({ accepted: 1 }, { errors: ["first"], output: ["a"] }), []);
  const whole = past.withReports(page({ accepted: 2 }, { errors: ["second"], thrown: ["b"] }));
  expect(whole).toEqual({
    stats: { accepted: 2 },
    errors: ["first", "second"],
    output: ["a"],
    thrown: ["b"],
  });
});

test("an answer that came when the page had gone counts as lost", () => {
  const past = createPastPages();
  const requests = [batch(0, ["a"]), batch(1, ["b"])];
  past.add(nothing, requests.slice(1));
  expect(past.asClientSaw(requests).map(({ outcome }) => outcome)).toEqual(["stored", "lost"]);
});

test("what is sent after a request was given up does not overlap with it", () => {
  const past = createPastPages();
  const { answeredAtMs: _open, ...hanging } = batch(1, ["a"], { outcome: "pending" });
  const requests = [batch(0, ["z"], { overlapping: true }), hanging, batch(2, ["a"], { overlapping: true })];
  past.leaveOpen([hanging]);
  expect(past.stillOpen()).toBe(1);
  expect(past.asClientSaw(requests).map(({ overlapping }) => overlapping)).toEqual([true, false, false]);
});
