import { describe, expect, test } from "vitest";
import { mustBe, mustFit } from "../development.ts";
import { asRefusal, describeThrown, misuse, quote, Refusal } from "./refusal.ts";

describe("what does not fit is refused in one sentence", () => {
  test("of a call it is a refusal, with a reason", () => {
    const refuse = () => mustFit(false, "invalid_context", "context", "a plain JSON object", []);

    expect(refuse).toThrow(Refusal);
    expect(refuse).toThrow(
      expect.objectContaining({
        reason: "invalid_context",
        message: "context must be a plain JSON object (got an array)",
      }),
    );
  });

  test("of an option it is an exception, for the author of the app", () => {
    expect(() => mustBe(false, "flushAt", "a whole number", Number.NaN)).toThrow(
      misuse("flushAt must be a whole number (got NaN)", "flushAt"),
    );
  });

  test.each<[string, unknown]>([
    ["undefined", undefined],
    ["null", null],
    ["-1", -1],
    ["text", "wrk_secret_key"],
    ["blank text", " "],
    ["false", false],
    ["an array", ["wrk_secret_key"]],
    ["a map", new Map()],
    ["a function", () => "wrk_secret_key"],
    ["an object", { apiKey: "wrk_secret_key" }],
  ])("it says %s, and never shows text: it may be the key in a wrong place", (got, value) => {
    expect(() => mustBe(false, "it", "other", value)).toThrow(misuse(`it must be other (got ${got})`, "it"));
  });

  test("what fits passes", () => {
    expect(() => mustBe("anything true", "it", "true", 1)).not.toThrow();
    expect(() => mustFit("anything true", "invalid_context", "it", "true", 1)).not.toThrow();
  });
});

describe("whatever is thrown becomes a refusal", () => {
  test("one stays what it is", () => {
    const refusal = new Refusal("too_large", "large");

    expect(asRefusal(refusal, "a value")).toBe(refusal);
  });

  test("something else is unserializable, and says what it was", () => {
    expect(asRefusal(new Error("no"), "a value")).toEqual(
      new Refusal("unserializable", "a value cannot become JSON: no"),
    );
  });
});

describe("whatever is thrown can be described", () => {
  const hurt = () => {
    throw new Error("hands off");
  };

  test.each<[string, unknown, string]>([
    ["an error", new Error("first line\nsecond line"), "first line"],
    [
      "an error with a cause",
      new Error("fetch failed", { cause: new Error("refused") }),
      "fetch failed: refused",
    ],
    [
      "a cause with a code only",
      { message: "failed", cause: { message: "", code: "EPIPE" } },
      "failed: EPIPE",
    ],
    ["text", "text", "text"],
    ["undefined", undefined, "an exception without words"],
    ["null", null, "an exception without words"],
    ["a symbol", Symbol("s"), "an exception without words"],
    ["an object whose words are no text", { message: 7, cause: { code: 8 } }, "an exception without words"],
    ["an error without words", new Error(""), "an exception without words"],
    ["an object without prototype", Object.create(null), "an exception without words"],
    ["one that throws when it is read", new Proxy({}, { get: hurt }), "an exception without words"],
  ])("%s", (_name, thrown, expected) => {
    expect(describeThrown(thrown)).toBe(expected);
  });
});

test("a name is quoted and cut; what is no text stays out of a message", () => {
  expect(quote('say "hi"')).toBe('"say "hi""');
  expect(quote("x".repeat(1000))).toHaveLength(102);
  expect(quote({ toString: () => "text" })).toBe("…");
});

test("misuse names the option that no client can be made with, where it is one", () => {
  expect(misuse("flushAt must be a whole number", "flushAt").option).toBe("flushAt");
  expect(misuse("createWhisperr() takes an object of options")).not.toHaveProperty("option");
});
