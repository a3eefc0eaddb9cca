import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { parseHttpDateMs } from "./http-date.ts";

const LAST_MS_OF_9999 = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

test("an HTTP-date is read back to the second", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Math.floor(LAST_MS_OF_9999 / 1000) }), (seconds) => {
      expect(parseHttpDateMs(new Date(seconds * 1000).toUTCString())).toBe(seconds * 1000);
    }),
  );
});

afterEach(() => {
  vi.unstubAllEnvs();
});

test("a date without a zone is UTC, wherever the process runs", () => {
  vi.stubEnv("TZ", "Asia/Tokyo");
  expect(new Date(0).getHours(), "the zone is in force").toBe(9);

  expect(parseHttpDateMs("Sun Nov  6 08:49:37 1994")).toBe(Date.UTC(1994, 10, 6, 8, 49, 37));
});

test.each(["", "GMT", "1", "2026-06-14T12:00:00Z", "tomorrow", "12:00:00", "1994 Nov 6 08:49:37"])(
  "%j is no HTTP-date",
  (text) => {
    expect(parseHttpDateMs(text)).toBeNaN();
  },
);
