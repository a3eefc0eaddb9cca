import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadCases } from "../../../load.ts";
import { MATCHERS } from "../../../runner/pattern.ts";
import { duration, measured } from "./duration.ts";
import { expectationList } from "./expectation-words.ts";
import { faultWords } from "./fault-words.ts";
import { stepWords } from "./step-words.ts";
import { readable, writtenPattern, writtenValue } from "./written-value.ts";

const cases = loadCases(join(import.meta.dirname, "../../../.."));

test.each([
  [0, "0 ms"],
  [499, "499 ms"],
  [1_000, "1 s"],
  [19_999, "19.999 s"],
  [60_001, "60.001 s"],
  [120_000, "2 min"],
  [2_678_400_000, "31 d"],
])("%d ms is said as %s, to the last millisecond", (ms, said) => {
  expect(duration(ms)).toBe(said);
});

test("a measured time is said as exactly as it matters", () => {
  expect([0.44, 8.26, 812.4, 12_345, 412_345].map(measured)).toEqual([
    "0.4 ms",
    "8.3 ms",
    "812 ms",
    "12.3 s",
    "6.9 min",
  ]);
});

describe("a value", () => {
  test("is one line while it fits, and set in lines when it does not", () => {
    expect(writtenValue({ a: [1, "two", null] })).toBe('{ "a": [1, "two", null] }');
    expect(writtenValue({ a: "x".repeat(60), b: { c: [] } })).toBe(
      `{\n  "a": "${"x".repeat(60)}",\n  "b": { "c": [] }\n}`,
    );
  });

  test("that only looks like a pattern is shown as it is", () => {
    expect(writtenValue({ $regex: "x" })).toBe('{ "$regex": "x" }');
  });

  test("that is no JSON, or only a part of it, stays as it travelled", () => {
    expect([readable('{"a":1}'), readable('{"a":'), readable("<html>")]).toEqual([
      '{ "a": 1 }',
      '{"a":',
      "<html>",
    ]);
  });
});

test.each([
  [{ $partial: { a: 1 } }, '{ "a": 1, ‹perhaps more› }'],
  [{ $any: "string" }, "‹any string›"],
  [{ $regex: "^a+$" }, "‹text like /^a+$/›"],
  [{ $excludes: "key" }, '‹text without "key"›'],
  [{ $length: 3 }, "‹3 long›"],
  [{ $between: [500, 1000] }, "‹500 to 1,000›"],
  [{ $oneOf: [1, { $any: "boolean" }] }, "‹one of› [1, ‹any boolean›]"],
  [{ $each: { $length: 36 } }, "‹each› ‹36 long›"],
  [{ $json: { a: 1 } }, '‹JSON text of› { "a": 1 }'],
  [{ a: { $optional: 1 }, b: { $absent: true } }, '{ "a": ‹nothing, or› 1, "b": ‹not there› }'],
  [{ $value: "long-string", length: 70 }, "‹long-string, length 70›"],
  [{ $message_id: "m1" }, '{ "$message_id": "m1" }'],
])("the pattern %j is said as %s", (pattern, said) => {
  expect(writtenPattern(pattern)).toBe(said);
});

test("a fault is said with what matters of it", () => {
  expect(faultWords({ kind: "status", status: 429, retryAfter: { seconds: 20 } })).toBe(
    "answers 429, Retry-After: 20",
  );
  expect(faultWords({ kind: "status", status: 503, retryAfter: { dateInMs: -60_000 } })).toBe(
    "answers 503, Retry-After: the date 1 min ago",
  );
  expect(faultWords({ kind: "accept-and-lose-answer", answer: "cut" })).toBe(
    "stores it, but its answer is cut off",
  );
  expect(faultWords({ kind: "too-large", aboveEvents: 64 })).toBe("answers 413 above 64 events");
});

test("a step is told as it would be in conversation", () => {
  const steps = cases.find(({ id }) => id === "retry-after.seconds")?.steps ?? [];
  const told = steps.map((step) =>
    String(stepWords(step))
      .replaceAll(/<[^>]+>/g, "")
      .replaceAll("&quot;", '"'),
  );
  expect(told).toEqual([
    'track("user_1", "e1")',
    "flush() starts, as flush",
    "19.999 s pass",
    "flush has not resolved yet",
    "by now: requests in all1",
    "2.001 s pass",
    "flush has resolved",
  ]);
});

test("every step, fault and expectation there is has words", () => {
  const said = cases.flatMap(({ steps, server = {}, expect: wanted }) => [
    ...steps.map((step) => String(stepWords(step))),
    ...(server.script ?? []).map(faultWords),
    String(expectationList(wanted)),
  ]);
  const texts = said.map((text) => text.replaceAll(/<[^>]+>/g, "").replaceAll("&quot;", '"'));
  // A pattern or a tagged value nobody has words for is written as JSON, with its "$" name.
  const names = ["$value", ...MATCHERS].map((name) => `"${name}"`);
  expect(texts.filter((text) => /\bundefined\b(?!›)|\[object/.test(text))).toEqual([]);
  expect(texts.filter((text) => names.some((name) => text.includes(name)))).toEqual([]);
  expect(texts).not.toContain("");
});
