/**
 * Builds what JSON cannot carry. The list is documented in cases.schema.json ("taggedValue"); a kind that is not
 * known is an error, so that a case never passes because a driver took the tag for a plain object.
 */
import type { TaggedValue, WireObject, WireValue } from "../protocol.ts";

/** Kinds that only one SDK can build, such as its channel constructors, are passed in. */
export type SpecialValues = Record<string, (tag: TaggedValue) => unknown>;

/** `index` is the number of the call within its repetition, for { "$value": "index" }. */
export function decodeValue(value: WireValue, index: number, special: SpecialValues): unknown {
  if (Array.isArray(value)) return value.map((item) => decodeValue(item, index, special));
  if (value === null || typeof value !== "object") return value;
  if (typeof value.$value === "string") return decodeTagged(value as TaggedValue, index, special);
  return decodeObject(value, index, special);
}

export function decodeObject(
  object: WireObject,
  index: number,
  special: SpecialValues,
): Record<string, unknown> {
  const decoded: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(object)) decoded[key] = decodeValue(item, index, special);
  return decoded;
}

function decodeTagged(tag: TaggedValue, index: number, special: SpecialValues): unknown {
  const own = special[tag.$value];
  if (own) return own(tag);
  switch (tag.$value) {
    case "undefined":
      return undefined;
    case "index":
      return typeof tag.prefix === "string" ? `${tag.prefix}${index}` : index;
    case "bigint":
      return BigInt(String(tag.of));
    case "number":
      return Number(tag.of);
    case "date":
      return new Date(String(tag.of));
    case "function":
      return () => "never called";
    case "symbol":
      return Symbol("whisperr");
    case "long-string":
      return "x".repeat(Number(tag.length));
    case "lone-surrogate":
      return String.fromCharCode(0xd83d);
    default:
      return decodeRich(tag, index, special);
  }
}

/** Objects whose content JSON.stringify leaves out. */
function decodeRich(tag: TaggedValue, index: number, special: SpecialValues): unknown {
  switch (tag.$value) {
    case "map":
      return new Map([["a", 1]]);
    case "set":
      return new Set(["a", 1]);
    case "error":
      return Object.assign(new RangeError("no answer"), { code: "E_NET" });
    case "search-params":
      return new URLSearchParams("a=1&b=2&a=3");
    case "promise":
      return Promise.resolve({ a: 1 });
    default:
      return decodeHostile(tag, index, special);
  }
}

/** Objects that make JSON.stringify fail, or run code of their own. */
function decodeHostile(tag: TaggedValue, index: number, special: SpecialValues): unknown {
  switch (tag.$value) {
    case "circular": {
      const circle: Record<string, unknown> = { name: "circle" };
      circle.self = circle;
      return circle;
    }
    case "throwing-getter":
      return Object.defineProperty({ fine: 1 }, "broken", { enumerable: true, get: fail("getter") });
    case "throwing-to-json":
      return { toJSON: fail("toJSON") };
    case "to-json":
      return { toJSON: () => decodeValue(tag.of ?? null, index, special) };
    case "revoked-proxy": {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    }
    default:
      throw new Error(`this driver knows no value "${tag.$value}"`);
  }
}

function fail(where: string): () => never {
  return () => {
    throw new Error(`a ${where} of the app failed`);
  };
}
