/**
 * Everything the app hands over is checked and turned into text here, at the call: so nothing behind this file can be
 * harmed by it or notice what the app does to its objects afterwards (contract, section 5).
 */
import { mustFit } from "../development.ts";
import type { DropReason } from "../errors.ts";
import type { Operation } from "./operation.ts";
import {
  type Hearer,
  isPlain,
  KEY_MARKS,
  MAX_OPERATION_LENGTH,
  plainCopy,
  spend,
  typeOf,
  type Walk,
} from "./plain-copy.ts";
import { isThenable } from "./thenable.ts";

export const NON_BLANK = "text that is not blank";

/**
 * `^[a-z0-9]+(?:_[a-z0-9]+)*$`, without a RegExp: an engine compiles one at its first use, and where that is at the end of the call
 * stack (an app that tracks what it caught), V8 ends the process.
 */
function isEventType(text: string): boolean {
  let before = "_";
  for (const one of text) {
    const isEdge = one === "_" && before === "_";
    const isWordy = one === "_" || (one >= "a" && one <= "z") || (one >= "0" && one <= "9");
    if (isEdge || !isWordy) return false;
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
  mustFit(fits, "invalid_user_id", "the user id", NON_BLANK, userId);
  return `${userId}`;
}

export function checkEventType(event: unknown): string {
  const fits = typeof event === "string" && isEventType(event);
  mustFit(fits, "invalid_event_type", "the event name", "lowercase_snake_case", event);
  return event as string;
}

/** Characters that it holds of the app's; whatever an app's outbox gives back has some. */
export function lengthOf(operation: Operation): number {
  if (operation.kind === "identify") return `${operation.body}`.length;
  const { userId = "", event, properties, context } = operation;
  return `${userId}`.length + `${event}`.length + `${properties}`.length + `${context}`.length;
}

export function checkLength(operation: Operation): void {
  spend({ left: MAX_OPERATION_LENGTH }, lengthOf(operation));
}

/**
 * The JSON text of an object; `{}` for undefined and null. BigInts become numbers where those are exact, else decimal
 * text. Throws `invalid_…` for anything that does not become an object, and whatever a getter or `toJSON` throws. `hearer`: who hears
 * of values without any content to send, which are `event`'s.
 */
export function objectToJson(value: unknown, what: What, hearer?: Hearer, event: string = what): string {
  const given = value ?? {};
  // The plain call is the fast one; a copy is only worth its price where JSON has less than there is.
  const isAsJson = look(given, { left: MAX_OPERATION_LENGTH }, PLAIN_DEPTH);
  const walk = isAsJson ? undefined : { left: MAX_OPERATION_LENGTH, around: [], hearer, event };
  const text: string | undefined = stringify(given, what, walk);
  const isObject = text?.[0] === "{" && !(text === "{}" && isThenable(value));
  mustFit(isObject, `invalid_${what}` satisfies DropReason, what, "a plain JSON object", value);
  return text as string;
}

/** `base`, overlaid with what the call gave. `$message_id` is the SDK's own and is taken out. */
export function contextToJson(context: unknown, base?: object, hearer?: Hearer, event?: string): string {
  const own = JSON.parse(objectToJson(context, "context", hearer, event)) as object;
  const { $message_id: _own, ...merged } = { ...base, ...own } as { $message_id?: unknown };
  return stringify(merged);
}

type What = "properties" | "context" | "traits";

/** Deeper, it may refer to itself. */
const PLAIN_DEPTH = 50;

/** `"2026-06-14T12:00:00.000Z"` */
const DATE_LENGTH = 26;

/** Counts what JSON would write, without writing it. False: something in it needs a closer look, or to be asked by JSON. */
function look(value: unknown, budget: Pick<Walk, "left">, depth: number): boolean {
  if (typeof value === "string") spend(budget, value.length);
  if (typeof value !== "object" || value === null)
    return typeof value !== "function" && typeof value !== "bigint" && typeof value !== "symbol";
  if (depth === 0) return false;
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") {
    spend(budget, DATE_LENGTH);
    return typeOf(value) === "Date";
  }
  if (Array.isArray(value)) {
    spend(budget, 2 * value.length);
    for (const item of value) if (!look(item, budget, depth - 1)) return false;
    return true;
  }
  if (!isPlain(value)) return false;
  for (const key in value) {
    spend(budget, key.length + KEY_MARKS);
    if (!look((value as Record<string, unknown>)[key], budget, depth - 1)) return false;
  }
  return true;
}

/**
 * As the language has it: old libraries (Prototype 1.6) give arrays a `toJSON` that makes text of them, and others give one to every
 * object. It is away for the call. With a `walk`, what is written is a plain copy; `path` is what messages call the value.
 */
export function stringify(value: unknown, path = "", walk?: Walk, host: object = Array.prototype): string {
  const added = "toJSON" in host && Object.getOwnPropertyDescriptor(host, "toJSON");
  if (added === false || !Reflect.deleteProperty(host, "toJSON"))
    return JSON.stringify(walk ? plainCopy(value, "", path, walk) : value);
  try {
    return stringify(value, path, walk, Object.prototype);
  } finally {
    if (added) Object.defineProperty(host, "toJSON", added);
  }
}
