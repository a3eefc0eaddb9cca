import { expect, test } from "vitest";
import { RUNTIME_NAMES } from "./jobs.ts";
import type { TimelineEvent } from "./timeline.ts";
import { timelineDifferences, timelineReport } from "./timeline-report.ts";

const event = (eventType: string, anonymousId?: string): TimelineEvent => ({
  eventType,
  occurredAt: "2026-06-14T12:00:00.000Z",
  ...(anonymousId && { anonymousId }),
  properties: {},
  context: { page: { path: "/" } },
});
const visitor = "3f2c7a1e-0000-4000-8000-000000000000";
const visited = [
  event("page_viewed", visitor),
  event("plan_compared", visitor),
  event("plan_compared", visitor),
  event("page_viewed", visitor),
  event("signed_in"),
  event("plan_upgraded"),
];
const jobs = RUNTIME_NAMES.map((runtime) => ({ ...event("job_done"), properties: { runtime } }));
const timeline = [...visited, ...jobs];
const visit = { engine: "chromium" };

test("a whole timeline has no differences and shows who was who", () => {
  expect(RUNTIME_NAMES).toHaveLength(5);
  expect(timelineDifferences(visit, timeline)).toEqual([]);
  const report = timelineReport(visit, timeline);
  expect(report).toContain("visitor 3f2c7a1e…");
  expect(report).toContain("each event once, in order");
});

test("a missing, repeated or misplaced event is a difference", () => {
  const others = [timeline.slice(1), timeline.slice(0, -1), [...timeline, ...jobs], [...timeline].reverse()];
  for (const other of others) expect(timelineDifferences(visit, other)).toHaveLength(1);
});

test("a machine without a browser is said to be one, and the other runtimes still count", () => {
  const report = timelineReport({ notRun: "chromium: not on PATH" }, jobs);
  expect(report).toContain("A visitor in a browser: not run (chromium: not on PATH)");
  expect(report).toContain("each event once, in order");
});
