import { describe, expect, test } from "vitest";
import { mismatches, type Pattern } from "./pattern.ts";

const matches = (value: unknown, pattern: Pattern) => mismatches(value, pattern).length === 0;

describe("plain JSON", () => {
  test("matches itself and nothing else", () => {
    expect(matches({ a: [1, null, "x"] }, { a: [1, null, "x"] })).toBe(true);
    expect(matches({ a: 1, b: 2 }, { a: 1 })).toBe(false);
    expect(matches({ a: 1 }, { a: 1, b: 2 })).toBe(false);
    expect(matches([1, 2], [1])).toBe(false);
    expect(matches("1", 1)).toBe(false);
    expect(matches([], {})).toBe(false);
  });

  test("a context with nothing but its id is plain JSON, not a matcher", () => {
    expect(matches({ $message_id: "x" }, { $message_id: "x" })).toBe(true);
    expect(matches({ $message_id: "x", more: 1 }, { $message_id: "x" })).toBe(false);
  });

  test("a difference is named by its path", () => {
    expect(mismatches({ a: [{ b: 1 }] }, { a: [{ b: 2 }] }, "body")).toEqual([
      "body.a[0].b: expected 2, got 1",
    ]);
  });
});

test.each<[string, unknown, Pattern, boolean]>([
  ["$partial allows more keys", { a: 1, b: 2 }, { $partial: { a: 1 } }, true],
  ["$partial misses keys", { b: 2 }, { $partial: { a: 1 } }, false],
  ["$absent holds", { a: 1 }, { $partial: { b: { $absent: true } } }, true],
  ["$absent fails", { b: 1 }, { $partial: { b: { $absent: true } } }, false],
  ["$optional not there", { a: 1 }, { $partial: { b: { $optional: 1 } } }, true],
  ["$optional as it should be", { a: 1 }, { a: { $optional: 1 } }, true],
  ["$optional of another value", { a: 2 }, { a: { $optional: 1 } }, false],
  ["$any", "x", { $any: "string" }, true],
  ["$any of another type", 1, { $any: "string" }, false],
  ["$regex", "a_1", { $regex: "^a_\\d$" }, true],
  ["$regex of another text", "b", { $regex: "^a" }, false],
  ["$length", [1, 2], { $length: 2 }, true],
  ["$length of nothing", undefined, { $length: 0 }, false],
  ["$between", 5, { $between: [5, 6] }, true],
  ["$between above", 7, { $between: [5, 6] }, false],
  ["$oneOf", 2, { $oneOf: [1, 2] }, true],
  ["$oneOf none", 3, { $oneOf: [1, 2] }, false],
  ["$each", [1, 1], { $each: 1 }, true],
  ["$each but one", [1, 2], { $each: 1 }, false],
  ["$json", '{"a":1}', { $json: { a: 1 } }, true],
  ["$json of something else", "<html>", { $json: {} }, false],
  ["$excludes", "abc", { $excludes: "x" }, true],
  ["$excludes found", "axc", { $excludes: "x" }, false],
])("%s", (_name, value, pattern, expected) => {
  expect(matches(value, pattern)).toBe(expected);
});
