import { describe, expect, test } from "vitest";
import { Refusal } from "./refusal.ts";
import { objectToJson } from "./snapshot.ts";

const json = (value: unknown) => objectToJson(value, "properties");

describe("values become JSON", () => {
  test.each<[string, unknown, string]>([
    ["undefined is no properties", undefined, "{}"],
    ["null is no properties", null, "{}"],
    ["an object", { a: 1, b: ["x", null] }, '{"a":1,"b":["x",null]}'],
    ["an object without prototype", Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    [
      "an instance",
      new (class Order {
        id = 7;
      })(),
      '{"id":7}',
    ],
    ["a toJSON that gives an object", { toJSON: () => ({ a: 1 }) }, '{"a":1}'],
    ["a safe BigInt is a number", { n: 2n ** 53n - 1n }, '{"n":9007199254740991}'],
    ["a larger BigInt is decimal text", { n: 2n ** 53n }, '{"n":"9007199254740992"}'],
    ["a negative BigInt", { n: -(2n ** 70n) }, '{"n":"-1180591620717411303424"}'],
    ["a BigInt deep inside", { a: [{ n: 1n }] }, '{"a":[{"n":1}]}'],
    ["an invalid date is null", { at: new Date(Number.NaN) }, '{"at":null}'],
    ["a date is its text", { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    ["NaN and infinity are null", { a: Number.NaN, b: Number.POSITIVE_INFINITY }, '{"a":null,"b":null}'],
    ["functions, symbols and undefined are left out", { f() {}, s: Symbol("s"), u: undefined }, "{}"],
    ["a lone surrogate is escaped", { text: "\ud800" }, '{"text":"\\ud800"}'],
    ["an object with nothing in it", {}, "{}"],
    [
      "a map that says how it becomes JSON",
      Object.assign(new Map(), { toJSON: () => ({ a: 1 }) }),
      '{"a":1}',
    ],
    ["a map with properties of its own", Object.assign(new Map(), { a: 1 }), '{"a":1}'],
    // biome-ignore lint/suspicious/noThenProperty: an app may have an object like this
    ["an object with a method named then, and more", { then() {}, a: 1 }, '{"a":1}'],
  ])("%s", (_name, value, expected) => {
    expect(json(value)).toBe(expected);
  });
});

describe("what is not an object is refused, and named", () => {
  test.each<[string, unknown, string]>([
    ["an array", [1], "got an array"],
    ["text", "pro", "got text"],
    ["a number", 7, "got 7"],
    ["a BigInt", 7n, "got 7"],
    ["a boolean", false, "got false"],
    ["a symbol", Symbol("s"), "got a symbol"],
    ["a function", () => ({}), "got a function"],
    ["a date", new Date(0), "got a date"],
    ["a toJSON that gives nothing", { toJSON: () => undefined }, "must be a plain JSON object"],
    ["a toJSON that gives an array", { toJSON: () => [] }, "must be a plain JSON object"],
    ["boxed text", Object("pro"), "got a string"],
    ["a map, whose entries JSON leaves out", new Map([["a", 1]]), "got a map"],
    ["an empty map", new Map(), "got a map"],
    ["a set", new Set(["a"]), "got a set"],
    ["a forgotten await", Promise.resolve({ a: 1 }), "got a promise"],
    // biome-ignore lint/suspicious/noThenProperty: a thenable that is no Promise
    ["a forgotten await of a query builder", { then() {} }, "must be a plain JSON object"],
  ])("%s", (_name, value, message) => {
    expect(() => json(value)).toThrow(expect.objectContaining({ reason: "invalid_properties" }));
    expect(() => json(value)).toThrow(expect.objectContaining({ message: expect.stringContaining(message) }));
    expect(() => json(value)).toThrow(Refusal);
  });
});

test("what a getter throws comes out, for the snapshot to catch", () => {
  const value = {
    get a(): never {
      throw new RangeError("no value");
    },
  };

  expect(() => json(value)).toThrow(RangeError);
});
