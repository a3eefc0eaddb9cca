/** Turns the app's values into JSON text at the call that made them: the snapshot (contract, section 5). */
import type { DropReason } from "./errors.ts";

/** Why a value cannot be queued. Thrown inside a snapshot and caught at its end; never reaches the app as an exception. */
export class Refusal {
  readonly reason: DropReason;
  readonly message: string;
  constructor(reason: DropReason, message: string) {
    this.reason = reason;
    this.message = message;
  }
}

/** The Refusal among thrown things. What an app throws may be a Proxy that throws at `instanceof`, too. */
export function asRefusal(thrown: unknown): Refusal | undefined {
  try {
    return thrown instanceof Refusal ? thrown : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The JSON text of an object; `{}` for undefined and null. BigInts become numbers where those are exact, else decimal
 * text. Throws `reason` for anything that does not become an object, and whatever a getter or `toJSON` throws.
 */
export function objectToJson(value: unknown, what: string, reason: DropReason): string {
  if (value === undefined || value === null) return "{}";
  const text = typeof value === "object" ? toJson(value) : undefined;
  if (text === undefined || text.charCodeAt(0) !== 0x7b) {
    const isObject = typeof value === "object" && !Array.isArray(value);
    const but = isObject ? "becomes something else as JSON" : `is ${describeType(value)}`;
    throw new Refusal(reason, `${what} must be an object, but ${but}`);
  }
  if (text === "{}" && holdsMoreThanJson(value)) {
    throw new Refusal(
      reason,
      `${what} must be a plain object: a Map, Set or Promise has nothing that JSON could hold`,
    );
  }
  return text;
}

/** Values whose content JSON leaves out: a Map or Set, and the promise of a forgotten `await`. */
function holdsMoreThanJson(value: unknown): boolean {
  return value instanceof Map || value instanceof Set || isThenable(value);
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** For functions of the app that should not be async but are: a rejection must not end the process. */
export function ignoreRejection(value: unknown, onRejection: (reason: unknown) => void = () => {}): void {
  if (isThenable(value)) void value.then(undefined, onRejection);
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
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** What an exception says, whatever was thrown. */
export function describeThrown(error: unknown): string {
  try {
    const message = (error as { message?: unknown } | null)?.message;
    return typeof message === "string" ? (message.split("\n")[0] as string) : String(error);
  } catch {
    return "an exception that cannot be read";
  }
}

/** `a number`, `an array`, `missing`: for messages. */
export function describeType(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
