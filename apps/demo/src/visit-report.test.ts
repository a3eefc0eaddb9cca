import { expect, test } from "vitest";
import type { TimelineEvent } from "./visit.ts";
import { visitDifferences, visitReport } from "./visit-report.ts";

const event = (eventType: string, anonymousId?: string): TimelineEvent => ({
  eventType,
  occurredAt: "2026-06-14T12:00:00.000Z",
  ...(anonymousId && { anonymousId }),
  properties: {},
  context: { page: { path: "/" } },
});
const visitor = "3f2c7a1e-0000-4000-8000-000000000000";
const timeline = [
  event("page_viewed", visitor),
  event("plan_compared", visitor),
  event("plan_compared", visitor),
  event("page_viewed", visitor),
  event("signed_in"),
  event("plan_upgraded"),
];

test("a whole timeline has no differences and shows who was who", () => {
  expect(visitDifferences({ engine: "chromium", timeline })).toEqual([]);
  const report = visitReport({ engine: "chromium", timeline });
  expect(report).toContain("visitor 3f2c7a1e…");
  expect(report).toContain("each event once, in order");
});

test("a missing, repeated or misplaced event is a difference", () => {
  for (const other of [timeline.slice(1), [...timeline, event("plan_upgraded")], [...timeline].reverse()]) {
    expect(visitDifferences({ engine: "chromium", timeline: other })).toHaveLength(1);
  }
});

test("a machine without a browser is said to be one", () => {
  expect(visitReport({ notRun: "chromium: not on PATH" })).toBe(
    "A visitor in a browser: not run (chromium: not on PATH).",
  );
});
