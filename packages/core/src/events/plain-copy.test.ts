/** What JSON would write as `{}` arrives with its content, or is said, with its path (docs/values.md). */
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { clientFixture } from "../../test/client-fixture.ts";
import { contextToJson, objectToJson } from "./snapshot.ts";

const json = (value: unknown): unknown => JSON.parse(objectToJson(value, "properties"));

/** What arrives of a value, and what is said of it. */
function sent(value: unknown): { readonly content: unknown; readonly said: readonly string[] } {
  const warn = vi.fn<(key: string, message: string) => void>();
  const { value: content } = JSON.parse(objectToJson({ value }, "properties", { warn }, "bought"));
  return { content, said: warn.mock.calls.map(([, message]) => message) };
}

class Amount {
  readonly #cents = 4900;
  get cents(): number {
    return this.#cents;
  }
}

class Price {
  toString(): string {
    return "49.00 EUR";
  }
}

class Tagged {
  get [Symbol.toStringTag](): string {
    return "Money";
  }
}

class Cart extends Map<string, number> {
  currency = "EUR";
}

const form = new FormData();
form.append("color", "red");
form.append("color", "blue");
form.append("size", "xl");
form.append("photo", new File(["five!"], "me.png"));

/** As Bun has it. */
const bunForm = {
  toJSON: () => Object.assign({ color: ["red", "blue"] }, { [Symbol.toStringTag]: "FormData" }),
};

const failure = Object.assign(
  new TypeError("no answer", { cause: new Error("closed", { cause: { port: 80 } }) }),
  { code: "E_NET", at: new Map([["attempt", 2]]) },
);

describe("arrives with its content", () => {
  test.each<[string, unknown, unknown]>([
    [
      "an error, its cause and what it has beside",
      failure,
      {
        name: "TypeError",
        message: "no answer",
        cause: { name: "Error", message: "closed", cause: { port: 80 } },
        code: "E_NET",
        at: { attempt: 2 },
      },
    ],
    [
      "several errors in one",
      new AggregateError([new RangeError("a"), "b"], "both"),
      {
        name: "AggregateError",
        message: "both",
        errors: [{ name: "RangeError", message: "a" }, "b"],
      },
    ],
    [
      "what an abort throws",
      new DOMException("too late", "TimeoutError"),
      {
        name: "TimeoutError",
        message: "too late",
      },
    ],
    [
      "an error that says how it becomes JSON",
      Object.assign(new Error("no"), { toJSON: () => "own" }),
      "own",
    ],
    [
      "a map",
      new Map<string, unknown>([
        ["a", 1],
        ["b", new Map([["c", 2n]])],
      ]),
      { a: 1, b: { c: 2 } },
    ],
    [
      "a map whose keys are no text",
      new Map<unknown, unknown>([
        [7, "a"],
        ["b", {}],
      ]),
      [
        [7, "a"],
        ["b", {}],
      ],
    ],
    ["a map with a key named __proto__", new Map([["__proto__", 1]]), JSON.parse('{"__proto__":1}')],
    ["a map with properties", new Cart([["tea", 2]]), { tea: 2, currency: "EUR" }],
    ["an empty map", new Map(), {}],
    ["a set", new Set(["a", new Set([1]), undefined]), ["a", [1], null]],
    ["search parameters", new URLSearchParams("a=1&b=2&a=3&a=4"), { a: ["1", "3", "4"], b: "2" }],
    [
      "one search parameter, many times",
      new URLSearchParams("a=1&".repeat(50_000)),
      { a: Array(50_000).fill("1") },
    ],
    ["headers", new Headers({ "X-Plan": "pro" }), { "x-plan": "pro" }],
    [
      "a form",
      form,
      {
        color: ["red", "blue"],
        size: "xl",
        photo: { type: "File", length: 5 },
      },
    ],
    ["a form that makes an object of itself", bunForm, { color: ["red", "blue"] }],
    ["a regular expression", /^a"b$/gi, '/^a"b$/gi'],
    [
      "boxed values",
      [Object(1), Object("a"), Object(false), Object(2n ** 60n)],
      [1, "a", false, `${2n ** 60n}`],
    ],
    [
      "a date, and a URL",
      [new Date(0), new URL("https://a.example/")],
      [new Date(0).toISOString(), "https://a.example/"],
    ],
    ["an instance with properties", Object.assign(new Amount(), { a: new Set([1]) }), { a: [1] }],
    [
      "what another realm made",
      runInNewContext("({ a: new Map([['b', [new Error('c')]]]) })"),
      {
        a: { b: [{ name: "Error", message: "c" }] },
      },
    ],
    ["what another realm made, with nothing in it", [runInNewContext("({})"), new Set()], [{}, []]],
    [
      "an object without a prototype",
      [Object.assign(Object.create(null), { a: 1 }), new Set([1])],
      [{ a: 1 }, [1]],
    ],
    [
      "an instance with properties and a name of its own",
      Object.assign(new Tagged(), { cents: 4900 }),
      { cents: 4900 },
    ],
    ["a list with nothing in its places", [Array(2), new Set([1])], [[null, null], [1]]],
    ["an instance that says what it is worth", new Price(), "49.00 EUR"],
    [
      "a buffer that is shared, as a note",
      new SharedArrayBuffer(3),
      { type: "SharedArrayBuffer", length: 3 },
    ],
    [
      "a buffer beside them, as a note",
      [Buffer.alloc(3), new Set([1])],
      [{ type: "Uint8Array", length: 3 }, [1]],
    ],
  ])("%s", (_name, value, content) => {
    expect(sent(value)).toEqual({ content, said: [] });
    expect(sent({ deep: [{ value }] }).content).toEqual({ deep: [{ value: content }] });
  });

  test("in context and traits, too", () => {
    expect(contextToJson({ error: new Error("no") })).toBe('{"error":{"name":"Error","message":"no"}}');
    expect(objectToJson({ tags: new Set(["a"]) }, "traits")).toBe('{"tags":["a"]}');
  });
});

test("a BigInt is asked how it becomes JSON, where an app has taught all of them", () => {
  Object.assign(BigInt.prototype, {
    toJSON(this: bigint) {
      return `${this}n`;
    },
  });
  try {
    expect(json({ a: 7n })).toEqual({ a: "7n" });
  } finally {
    delete (BigInt.prototype as { toJSON?: unknown }).toJSON;
  }
});

test("what says itself how it becomes JSON hears under which name, as from JSON", () => {
  const named = { toJSON: (key: string) => ({ key }) };
  expect(json(named)).toEqual({ key: "" });
  expect(json({ inner: named })).toEqual({ inner: { key: "inner" } });
});

test("a long list beside them takes what its text takes", () => {
  expect(json({ list: Array(600_000).fill(1), set: new Set() })).toMatchObject({ set: [] });
});

test("what is too long is refused with its length, as far as it was looked at", () => {
  expect(() => json({ text: "x".repeat(4_194_304) })).toThrow(
    "its JSON must be 4,194,304 characters at most (got 4194312)",
  );
});

describe("has nothing to send, and that is said with its path", () => {
  test.each<[string, unknown, string]>([
    ["a promise", Promise.resolve(1), "[object Promise]"],
    ["a weak map", new WeakMap(), "[object WeakMap]"],
    ["a weak set", new WeakSet(), "[object WeakSet]"],
    ["a request", new Request("https://a.example"), "[object Request]"],
    ["an answer", new Response("a"), "[object Response]"],
    ["an iterator", new Map().keys(), "[object Map Iterator]"],
    ["an instance with nothing but accessors", new Amount(), "[object Object]"],
    ["an object that only inherits", Object.create({ a: 1 }), "[object Object]"],
  ])("%s, in whose place its type is sent", (_name, value, type) => {
    expect(sent(value)).toEqual({
      content: type,
      said: [`bought: properties.value is ${type}.`],
    });
    expect(sent({ list: [0, { value }] }).said).toEqual([
      `bought: properties.value.list.1.value is ${type}.`,
    ]);
  });

  test.each<[string, unknown, string]>([
    ["a function", () => 1, "a function"],
    ["a symbol", Symbol("a"), "a symbol"],
    ["a boxed symbol", Object(Symbol("a")), "a symbol"],
  ])("%s, which is left out", (_name, value, type) => {
    expect(sent(value)).toEqual({
      content: undefined,
      said: [`bought: properties.value is ${type}.`],
    });
    expect(sent([value]).content).toEqual([null]);
  });

  test("an element of a page, whatever a framework keeps in it", () => {
    class HTMLDivElement {
      get [Symbol.toStringTag](): string {
        return "HTMLDivElement";
      }
      get nodeType(): number {
        return 1;
      }
    }
    const element = new HTMLDivElement() as object as Record<string, unknown>;
    element.__reactFiber = { stateNode: element };

    expect(sent(element).content).toBe("[object HTMLDivElement]");
  });

  test("once of each event and type, on the console", () => {
    const { client, log } = clientFixture();
    for (const event of ["bought", "bought", "sold"])
      client.track("ada", event, { cart: [Promise.resolve(), Promise.resolve()] });

    expect(log.map(({ message }) => message)).toEqual([
      "[whisperr] bought: properties.cart.0 is [object Promise].",
      "[whisperr] sold: properties.cart.0 is [object Promise].",
    ]);
  });
});

describe("as the properties themselves", () => {
  test.each<[string, unknown, unknown]>([
    ["an error", new Error("no"), { name: "Error", message: "no" }],
    ["search parameters", new URLSearchParams("a=1"), { a: "1" }],
    ["a form", form, { color: ["red", "blue"], size: "xl", photo: { type: "File", length: 5 } }],
    ["a form that makes an object of itself", bunForm, { color: ["red", "blue"] }],
    ["an instance with nothing but accessors", new Amount(), {}],
    ["a map with properties", new Cart([["tea", 2]]), { tea: 2, currency: "EUR" }],
  ])("%s", (_name, value, content) => {
    expect(json(value)).toEqual(content);
  });

  test.each<[string, unknown]>([
    ["a map", new Map([["a", 1]])],
    ["a set", new Set([1])],
    ["a promise", Promise.resolve({})],
    ["a request", new Request("https://a.example")],
    ["a weak map", new WeakMap()],
    ["a regular expression", /a/],
    ["bytes", new Uint8Array(1)],
  ])("%s is refused", (_name, value) => {
    expect(() => json(value)).toThrow(expect.objectContaining({ reason: "invalid_properties" }));
  });
});

describe("what refers to itself is refused, with the path of it", () => {
  const map = new Map<string, unknown>();
  map.set("self", [map]);
  const error = new Error("no");
  error.cause = { error };
  const object: Record<string, unknown> = {};
  object.self = { object };
  const list: unknown[] = [];
  list.push(list);

  test.each<[string, unknown, string]>([
    ["a map", { map }, "properties.map.self.0"],
    ["an error", { error }, "properties.error.cause.error"],
    ["an object", object, "properties.self.object"],
    ["a list", { list }, "properties.list.0"],
  ])("%s", (_name, value, path) => {
    expect(() => json(value)).toThrow(`${path} refers to itself`);
  });

  test("the same thing in two places is not", () => {
    const same = new Set([1]);
    const text = /a/;
    expect(json({ a: same, b: [same, text, text] })).toEqual({ a: [1], b: [[1], "/a/", "/a/"] });
  });
});

describe("JSON.stringify is given", () => {
  /** What it was asked to write. */
  function written(value: object): unknown {
    const stringify = vi.spyOn(JSON, "stringify");
    try {
      objectToJson(value, "properties");
      return stringify.mock.calls[0]?.[0];
    } finally {
      stringify.mockRestore();
    }
  }

  test.each<[string, object]>([
    ["nothing but texts and numbers", { text: "a", number: 1, yes: true, nothing: null, missing: undefined }],
    ["lists and objects", { a: [1, { b: null, c: "d" }], e: [], f: {} }],
    ["an object without a prototype", { e: Object.create(null) }],
    ["an instance with properties", { f: Object.assign(new Amount(), { g: 1 }) }],
    ["a Date", { at: new Date(0), all: [new Date(1)] }],
    ["an object of another realm", { other: runInNewContext("({ a: 1 })") }],
  ])("%s as it is: a copy would cost", (_what, value) => {
    expect(written(value)).toBe(value);
  });

  test.each<[string, object]>([
    ["a map", { a: new Map([["b", 1]]) }],
    ["a map in a list, behind something plain", { a: [{}, new Map([["b", 1]])] }],
    ["something odd behind a list", { a: [1], b: 1n }],
    ["a function", { a() {} }],
    ["a symbol", { a: Symbol("b") }],
    ["what says itself what it is", { a: { toJSON: () => 1 } }],
  ])("a copy of what has %s", (_what, value) => {
    expect(written(value)).not.toBe(value);
  });
});

test("whatever JSON has anyway is the same with something odd beside it", () => {
  fc.assert(
    fc.property(fc.object({ withDate: true, withNullPrototype: true, withSparseArray: true }), (value) => {
      expect(objectToJson({ value, at: new Date(0) }, "properties")).toBe(
        JSON.stringify({ value, at: new Date(0) }),
      );
    }),
  );
});
