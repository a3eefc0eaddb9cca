import { describe, expect, test } from "vitest";
import { aTrack } from "../../test/operations.ts";
import { MAX_OPERATION_LENGTH } from "./plain-copy.ts";
import { asRefusal } from "./refusal.ts";
import {
  checkEventType,
  checkLength,
  checkUserId,
  contextToJson,
  lengthOf,
  objectToJson,
} from "./snapshot.ts";

/** Hurts whoever asks what it is: `instanceof` included. */
function hostileProxy(): object {
  const hurt = () => {
    throw new Error("hands off");
  };
  return new Proxy({}, { getPrototypeOf: hurt, get: hurt, has: hurt, ownKeys: hurt });
}

/** What becomes of a call's exceptions, as `enqueue` sees to it. */
function refusalOf(action: () => void): { readonly reason: string; readonly message?: string } {
  try {
    action();
    return { reason: "accepted" };
  } catch (error) {
    return asRefusal(error);
  }
}

const reasonFor = (properties: unknown): string =>
  refusalOf(() => checkLength(aTrack({ properties: objectToJson(properties, "properties") }))).reason;

describe("whatever an app's objects throw has a reason", () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();

  test.each<[string, unknown]>([
    ["an object that refers to itself", circular],
    ["an object that refers to itself, with a BigInt", { n: 1n, circular }],
    [
      "a getter that throws",
      {
        get a(): never {
          throw new Error("no");
        },
      },
    ],
    [
      "a getter that throws nothing at all",
      {
        get a(): never {
          throw undefined;
        },
      },
    ],
    [
      "a toJSON that throws",
      {
        toJSON() {
          throw new TypeError("no");
        },
      },
    ],
    ["a revoked proxy", revoked.proxy],
    ["a revoked proxy inside", { inside: revoked.proxy }],
    [
      "a proxy that throws for every question",
      new Proxy(
        {},
        {
          ownKeys() {
            throw new Error("no");
          },
        },
      ),
    ],
    [
      "a getter that throws a proxy which throws at every look",
      {
        get a(): never {
          throw hostileProxy();
        },
      },
    ],
  ])("%s is unserializable", (_name, properties) => {
    expect(reasonFor(properties)).toBe("unserializable");
  });
});

test("nesting deeper than a call stack does not get out either, whether the platform can write it or not", () => {
  const deep = Array.from({ length: 100_000 }).reduce<object>((inner) => ({ inner }), {});

  expect(["accepted", "unserializable"]).toContain(reasonFor(deep));
});

describe("size", () => {
  test("a megabyte is fine", () => {
    expect(reasonFor({ text: "x".repeat(1024 * 1024) })).toBe("accepted");
  });

  test("the message says how large it may be, and how large it is", () => {
    const large = aTrack({ userId: "x".repeat(MAX_OPERATION_LENGTH) });
    expect(refusalOf(() => checkLength(large)).message).toMatch(
      /^its JSON must be 4,194,304 characters at most \(got 4194\d{3}\)$/,
    );
  });

  test("more than the bound is too large, whatever part of the operation it is in", () => {
    const much = "x".repeat(MAX_OPERATION_LENGTH);

    expect(reasonFor({ much })).toBe("too_large");
    for (const operation of [
      aTrack({ context: JSON.stringify({ much }) }),
      aTrack({ userId: much }),
      aTrack({ event: `${much}x` }),
      { kind: "identify", body: `{"external_user_id":"${much}"}` } as const,
    ])
      expect(refusalOf(() => checkLength(operation)).reason).toBe("too_large");
  });
});

describe("user ids", () => {
  test.each<[unknown, string]>([
    ["user_8842", "user_8842"],
    [" padded ", " padded "],
    [7, "7"],
    [-1, "-1"],
    [2n ** 70n, "1180591620717411303424"],
  ])("%s is one", (given, id) => {
    expect(checkUserId(given)).toBe(id);
  });

  test.each<[string, unknown]>([
    ["blank text", "  "],
    ["empty text", ""],
    ["undefined", undefined],
    ["null", null],
    ["NaN", Number.NaN],
    ["a fraction", 1.5],
    ["a number that is not exact", 2 ** 60],
    ["an object", { id: "user_8842" }],
    ["a boolean", true],
    ["a symbol", Symbol("user")],
  ])("%s is none", (_name, given) => {
    expect(() => checkUserId(given)).toThrow(expect.objectContaining({ reason: "invalid_user_id" }));
  });
});

describe("event names", () => {
  test.each(["a", "payment_failed", "step_2", "2fa_enabled", "0", "9_az"])("%s is one", (name) => {
    expect(checkEventType(name)).toBe(name);
  });

  test.each<unknown>([
    "",
    "Payment",
    "payment failed",
    "payment-failed",
    "_payment",
    "payment_",
    "payment__failed",
    "payment\n",
    "zahlung_überfällig",
    'x","external_user_id":"other',
    undefined,
    7,
    ["payment"],
  ])("%j is none", (name) => {
    expect(() => checkEventType(name)).toThrow(expect.objectContaining({ reason: "invalid_event_type" }));
  });

  test("a long wrong name is cut in the message", () => {
    expect(() => checkEventType("X".repeat(10_000))).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{0,300}$/) }),
    );
  });
});

describe("context", () => {
  const base = { release: "1.2.3", region: "eu" };

  test("without the call's own it is the client's", () => {
    expect(contextToJson(undefined, base)).toBe(JSON.stringify(base));
    expect(contextToJson(null, base)).toBe(JSON.stringify(base));
  });

  test("the call's own wins, key by key", () => {
    expect(JSON.parse(contextToJson({ region: "us", ip: "::1" }, base))).toEqual({
      release: "1.2.3",
      region: "us",
      ip: "::1",
    });
  });

  test("$message_id is the SDK's, and cannot be set", () => {
    expect(contextToJson({ $message_id: "mine", ip: "::1" })).toBe('{"ip":"::1"}');
  });

  test("$message_id is taken out where it is a key only, not where it is a value or deeper", () => {
    const own = { note: "$message_id", nested: { $message_id: "kept" } };

    expect(JSON.parse(contextToJson(own))).toEqual(own);
  });

  test("a key named __proto__ is a key like any other", () => {
    const own = JSON.parse('{"__proto__":{"admin":true}}') as object;

    expect(contextToJson(own, base)).toContain('"__proto__":{"admin":true}');
  });

  test.each([[[]], ["text"], [7]])("%j is refused", (own) => {
    expect(() => contextToJson(own, base)).toThrow(expect.objectContaining({ reason: "invalid_context" }));
  });
});

test("what a visitor does has no id of a user to hold", () => {
  const { userId: _none, ...visit } = aTrack();
  const lengths = ["user_8842payment_failed{}{}", "payment_failed{}{}"].map(({ length }) => length);
  expect([aTrack(), visit].map(lengthOf)).toEqual(lengths);
});
