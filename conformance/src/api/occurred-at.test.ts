import { describe, expect, test } from "vitest";
import { isWithinWindow, parseOccurredAt } from "./occurred-at.ts";

describe("parseOccurredAt", () => {
  test.each(["2026-06-14T12:00:00.000Z", "2024-02-29T23:59:59.999Z"])("takes %s", (text) => {
    expect(parseOccurredAt(text)).toBe(Date.parse(text));
  });

  test.each([
    "2026-06-14T12:00:00Z",
    "2026-06-14T12:00:00.00Z",
    "2026-06-14T12:00:00.0000Z",
    "2026-06-14T12:00:00.000+00:00",
    "2026-06-14T12:00:00.000z",
    "2026-06-14 12:00:00.000Z",
    "2026-02-30T12:00:00.000Z",
    "2025-02-29T12:00:00.000Z",
    "2026-06-14T24:00:00.000Z",
    "2026-13-01T00:00:00.000Z",
    "",
  ])("refuses %j", (text) => {
    expect(parseOccurredAt(text)).toBeNull();
  });
});

test("the window is 30 days back and 5 minutes ahead, both ends included", () => {
  const now = Date.UTC(2026, 5, 14);
  const oldest = now - 30 * 86_400_000;
  const newest = now + 300_000;
  expect([oldest - 1, oldest, newest, newest + 1].map((ms) => isWithinWindow(ms, now))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});
