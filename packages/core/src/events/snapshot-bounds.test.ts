/** What an app hands over by mistake costs no more than what it may hand over. */
import { describe, expect, test, vi } from "vitest";
import { objectToJson } from "./snapshot.ts";

const json = (value: unknown) => objectToJson(value, "properties");
const TOO_LARGE = expect.objectContaining({ reason: "too_large" });
const LIMIT = 4 * 1024 * 1024;

describe("what is too large is refused before it is written", () => {
  test("a list whose length is a mistake, of which nothing is read", () => {
    const read = vi.fn(Reflect.get);
    const list = Object.assign([], { 100000000: 1 });
    const proxy = new Proxy(list, { get: (...args) => read(...args) });

    for (const a of [list, proxy, { toJSON: () => list }]) expect(() => json({ a })).toThrow(TOO_LARGE);
    expect(read.mock.calls.length).toBeLessThan(20);
  });

  test.each(["plain", "with a toJSON inside"])(
    "what refers to the same things again and again (%s)",
    (kind) => {
      let reads = 0;
      let tree: object = {
        get leaf() {
          reads++;
          return kind === "plain" ? 1 : { toJSON: () => 1 };
        },
      };
      for (let i = 0; i < 25; i++) tree = { a: tree, b: tree };

      expect(() => json(tree)).toThrow(TOO_LARGE);
      // Of 33,554,432.
      expect(reads).toBeLessThan(LIMIT / 8);
    },
  );

  test.each([
    ["Set", 1],
    ["Map", ["a", 1]],
    ["Headers", ["a", "b"]],
  ])("what has item after item (%s), of which no more is read than could be written", (type, item) => {
    let reads = 0;
    class Endless {
      get [Symbol.toStringTag]() {
        return type;
      }
      *[Symbol.iterator]() {
        for (; reads <= LIMIT; reads++) yield item;
      }
    }
    expect(() => json({ a: new Endless() })).toThrow(TOO_LARGE);
    expect(reads).toBeLessThanOrEqual(LIMIT / 2);
  });

  test("text", () => {
    expect(() => json({ text: "x".repeat(LIMIT) })).toThrow(TOO_LARGE);
    expect(json({ text: "x".repeat(LIMIT / 2) })).toHaveLength(LIMIT / 2 + '{"text":""}'.length);
  });
});

describe("of binary values there is a note", () => {
  test("and nothing else is done with them", () => {
    const buffer = Buffer.alloc(1000);
    const toJson = vi.spyOn(buffer, "toJSON");

    expect(JSON.parse(json({ file: buffer, deep: [{ at: 1 }, buffer] }))).toEqual({
      file: { type: "Uint8Array", length: 1000 },
      deep: [{ at: 1 }, { type: "Uint8Array", length: 1000 }],
    });
    expect(toJson).not.toHaveBeenCalled();
  });

  test.each([
    ["Float64Array", new Float64Array(2), 16],
    ["DataView", new DataView(new ArrayBuffer(3)), 3],
    ["ArrayBuffer", new ArrayBuffer(4), 4],
    ["Blob", new Blob(["five!"]), 5],
  ])("%s", (type, value, length) => {
    expect(JSON.parse(json({ value, n: 1n }))).toEqual({ value: { type, length }, n: 1 });
    expect(JSON.parse(json({ own: { toJSON: () => value } }))).toEqual({ own: { type, length } });
  });

  test("as properties they are refused", () => {
    expect(() => json(new Uint8Array(3))).toThrow(expect.objectContaining({ reason: "invalid_properties" }));
  });
});

test("whatever is deep or refers to itself is left to JSON", () => {
  const circular: Record<string, unknown> = { n: 1 };
  circular.self = circular;
  let deep: object = { n: 1 };
  for (let i = 0; i < 500; i++) deep = { deep };

  expect(() => json(circular)).toThrow(TypeError);
  expect(json(deep)).toBe(JSON.stringify(deep));
});
