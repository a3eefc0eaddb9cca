/** Turns the app's values into JSON text at the call that made them: the snapshot (contract, section 5). */
import type { DropReason } from "../errors.ts";
import { mustBe } from "./refusal.ts";

/**
 * The JSON text of an object; `{}` for undefined and null. BigInts become numbers where those are exact, else decimal
 * text. Throws `reason` for anything that does not become an object, and whatever a getter or `toJSON` throws.
 */
export function objectToJson(value: unknown, what: string, reason: DropReason): string {
  const text = toJson(value ?? {});
  const isObject = text?.[0] === "{" && !(text === "{}" && holdsMoreThanJson(value));
  mustBe(isObject, what, "a plain JSON object", value, reason);
  return text as string;
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

export function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // The plain call is the fast one; a replacer is only worth its price once a BigInt may be the trouble.
    return JSON.stringify(value, bigIntToJson);
  }
}

function bigIntToJson(_key: string, value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : `${value}`;
}
