/**
 * Everything the app hands over is checked and turned into text here, at the call: so nothing behind this file can be
 * harmed by it or notice what the app does to its objects afterwards (contract, section 5).
 */
import { mustBe } from "../development.ts";
import type { DropReason } from "../errors.ts";
import type { Operation } from "./operation.ts";
import { isThenable } from "./thenable.ts";

/**
 * Characters one operation may have. Bounds what a single call can make the process hold; a server takes less.
 */
export const MAX_OPERATION_LENGTH = 4 * 1024 * 1024;

export const NON_BLANK = "text that is not blank";

const NAME_CHARACTERS = new Set("abcdefghijklmnopqrstuvwxyz0123456789_");

/**
 * `^[a-z0-9]+(?:_[a-z0-9]+)*$`, without a RegExp: an engine compiles one at its first use, and where that is at the end of the call
 * stack (an app that tracks what it caught), V8 ends the process.
 */
function isEventType(text: string): boolean {
  let before = "_";
  for (const one of text) {
    if (!NAME_CHARACTERS.has(one) || (one === "_" && before === "_")) return false;
    before = one;
  }
  return before !== "_";
}

export function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

/** Accepts what is unmistakably an id: text with something in it, or a whole number. */
export function checkUserId(userId: unknown): string {
  const fits = isText(userId) || typeof userId === "bigint" || Number.isSafeInteger(userId);
  mustBe(fits, "the user id", NON_BLANK, userId, "invalid_user_id");
  return `${userId}`;
}

export function checkEventType(event: unknown): string {
  const fits = typeof event === "string" && isEventType(event);
  mustBe(fits, "the event name", "lowercase_snake_case", event, "invalid_event_type");
  return event as string;
}

/** Characters that it holds of the app's; whatever an app's outbox gives back has some. */
export function lengthOf(operation: Operation): number {
  if (operation.kind === "identify") return `${operation.body}`.length;
  const { userId = "", event, properties, context } = operation;
  return `${userId}`.length + `${event}`.length + `${properties}`.length + `${context}`.length;
}

export function checkLength(operation: Operation): void {
  const length = lengthOf(operation);
  if (length > MAX_OPERATION_LENGTH) refuseLength(length);
}

function refuseLength(length: unknown = "more"): void {
  mustBe(false, "its JSON", "4,194,304 characters at most", length, "too_large");
}

/**
 * The JSON text of an object; `{}` for undefined and null. BigInts become numbers where those are exact, else decimal
 * text. Throws `invalid_…` for anything that does not become an object, and whatever a getter or `toJSON` throws.
 */
export function objectToJson(value: unknown, what: "properties" | "context" | "traits"): string {
  const text = isBinary(value) ? undefined : toJson(value ?? {});
  const isObject = text?.[0] === "{" && !(text === "{}" && holdsMoreThanJson(value));
  mustBe(isObject, what, "a plain JSON object", value, `invalid_${what}` satisfies DropReason);
  return text as string;
}

/** `base`, overlaid with what the call gave. `$message_id` is the SDK's own and is taken out. */
export function contextToJson(context: unknown, base?: object): string {
  const own = objectToJson(context, "context");
  if (base === undefined && !own.includes("$message_id")) return own;
  const { $message_id: _own, ...merged } = { ...base, ...JSON.parse(own) } as { $message_id?: unknown };
  return stringify(merged);
}

/** Values whose content JSON leaves out: a Map or Set, and the promise of a forgotten `await`. */
function holdsMoreThanJson(value: unknown): boolean {
  return value instanceof Map || value instanceof Set || isThenable(value);
}

function toJson(value: unknown): string | undefined {
  const budget = newBudget();
  look(value, budget, PLAIN_DEPTH);
  // The plain call is the fast one; a replacer is only worth its price where it has something to replace.
  return stringify(value, budget.isPlain ? undefined : boundedReplacer());
}

/** Characters that the text of one operation may still have: what is larger is refused before it is written. */
interface Budget {
  left: number;
  /** JSON has all of it as it is: there is nothing to replace, and nothing of the app's to call. */
  isPlain: boolean;
}

const newBudget = (): Budget => ({ left: MAX_OPERATION_LENGTH, isPlain: true });

/** Deeper, it may refer to itself: it is for JSON to say. */
const PLAIN_DEPTH = 50;
/** `"":` and a character of the value's. */
const KEY_MARKS = 4;

/** Whatever is counted takes as much in the text, or more. */
function spend(budget: Budget, length: number): void {
  budget.left -= length;
  if (budget.left < 0) refuseLength();
}

/** Counts what JSON would write, without writing it. */
function look(value: unknown, budget: Budget, depth: number): void {
  if (typeof value === "string") return spend(budget, value.length);
  if (typeof value === "bigint") budget.isPlain = false;
  if (typeof value !== "object" || value === null) return;
  if (depth === 0 || typeof (value as { toJSON?: unknown }).toJSON === "function" || isBinary(value)) {
    budget.isPlain = false;
  } else if (Array.isArray(value)) {
    spend(budget, 2 * value.length);
    for (const item of value) look(item, budget, depth - 1);
  } else {
    for (const key in value) {
      spend(budget, key.length + KEY_MARKS);
      look((value as Record<string, unknown>)[key], budget, depth - 1);
    }
  }
}

type Replacer = (key: string, value: unknown) => unknown;

/**
 * As the language has it: old libraries (Prototype 1.6) give arrays a `toJSON` that makes text of them, and others give one to every
 * object. It is away for the call.
 */
export function stringify(value: unknown, replacer?: Replacer, host: object = Array.prototype): string {
  const added = Object.getOwnPropertyDescriptor(host, "toJSON");
  if (!("toJSON" in host && Reflect.deleteProperty(host, "toJSON"))) return JSON.stringify(value, replacer);
  try {
    return stringify(value, replacer, Object.prototype);
  } finally {
    if (added) Object.defineProperty(host, "toJSON", added);
  }
}

/** What a `toJSON` gives is only seen here. */
function boundedReplacer(): Replacer {
  const budget = newBudget();
  return (_key, value) => {
    if (typeof value === "string") spend(budget, value.length);
    if (typeof value !== "object" || value === null) return bigIntToJson(value);
    if (isBinary(value)) return noteOf(value);
    if (Array.isArray(value)) {
      spend(budget, 2 * value.length);
      return value.some(isBinary) ? value.map(noteOf) : value;
    }
    const entries = Object.entries(value);
    spend(budget, KEY_MARKS * entries.length);
    // Before a Buffer's own toJSON, which makes a list of numbers of it.
    if (!entries.some(([, inner]) => isBinary(inner))) return value;
    return Object.fromEntries(entries.map(([name, inner]) => [name, noteOf(inner)]));
  };
}

const BINARY = ["[object ArrayBuffer]", "[object SharedArrayBuffer]", "[object Blob]", "[object File]"];

function isBinary(value: unknown): boolean {
  return ArrayBuffer.isView(value) || BINARY.includes(Object.prototype.toString.call(value));
}

/** Of what is binary, its type and length in bytes; anything else is what it is. */
function noteOf(value: unknown): unknown {
  if (!isBinary(value)) return value;
  const { byteLength, size } = value as { readonly byteLength?: number; readonly size?: number };
  return { type: Object.prototype.toString.call(value).slice(8, -1), length: byteLength ?? size };
}

function bigIntToJson(value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : `${value}`;
}
