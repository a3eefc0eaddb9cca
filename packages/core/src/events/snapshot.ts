/**
 * Everything the app hands over is checked and turned into text here, at the call: so nothing behind this file can be
 * harmed by it or notice what the app does to its objects afterwards (contract, section 5).
 */
import { mustBe } from "../development.ts";
import type { DropReason } from "../errors.ts";
import type { Operation } from "./operation.ts";

/**
 * Characters one operation may have. Bounds what a single call can make the process hold; a server takes less.
 */
export const MAX_OPERATION_LENGTH = 4 * 1024 * 1024;

export const NON_BLANK = "text that is not blank";

const EVENT_TYPE = /^[a-z0-9]+(?:_[a-z0-9]+)*$/;

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
  const fits = typeof event === "string" && EVENT_TYPE.test(event);
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
  const rule = "4,194,304 characters at most";
  mustBe(length <= MAX_OPERATION_LENGTH, "its JSON", rule, length, "too_large");
}

/**
 * The JSON text of an object; `{}` for undefined and null. BigInts become numbers where those are exact, else decimal
 * text. Throws `invalid_…` for anything that does not become an object, and whatever a getter or `toJSON` throws.
 */
export function objectToJson(value: unknown, what: "properties" | "context" | "traits"): string {
  const text = toJson(value ?? {});
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

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** For functions of the app that should not be async but are: a rejection must not end the process. */
export function ignoreRejection(value: unknown): void {
  if (isThenable(value)) void value.then(undefined, () => {});
}

function toJson(value: unknown): string | undefined {
  try {
    return stringify(value);
  } catch {
    // The plain call is the fast one; a replacer is only worth its price once a BigInt may be the trouble.
    return stringify(value, bigIntToJson);
  }
}

/** As the language has it: old libraries (Prototype 1.6) give arrays a `toJSON` that makes text of them. It is away for the call. */
export function stringify(value: unknown, replacer?: typeof bigIntToJson): string {
  const added = Object.getOwnPropertyDescriptor(Array.prototype, "toJSON");
  if (added === undefined) return JSON.stringify(value, replacer);
  Reflect.deleteProperty(Array.prototype, "toJSON");
  try {
    return JSON.stringify(value, replacer);
  } finally {
    Object.defineProperty(Array.prototype, "toJSON", added);
  }
}

function bigIntToJson(_key: string, value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : `${value}`;
}
