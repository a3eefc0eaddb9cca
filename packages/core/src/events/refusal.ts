/** Why something that the app gives cannot be used. `mustBe()` says so of values (`development.ts`). */
import { attempt } from "../attempt.ts";
import type { DropReason } from "../errors.ts";

/** Characters of a message, whatever a server says. */
const MAX_MESSAGE_LENGTH = 500;

/** Why a value cannot be queued. Thrown while a call is recorded and caught at its end; never reaches the app as an exception. */
export class Refusal {
  declare readonly reason: DropReason;
  declare readonly message: string;
  constructor(reason: DropReason, message: string) {
    this.reason = reason;
    this.message = message;
  }
}

/**
 * An exception for misuse at creation, where the app's author sees it. `option`: which one it is, as far as a client could be
 * made without it.
 */
export function misuse(message: string, option?: string): Error & { readonly option?: string | undefined } {
  const error = new Error(`Whisperr: ${message}.`);
  return option === undefined ? error : Object.assign(error, { option });
}

/** What was thrown, as a Refusal: `what` could not be read. An app may throw a Proxy that throws at `instanceof`, too. */
export function asRefusal(thrown: unknown, what = "a value"): Refusal {
  return attempt(() => thrown instanceof Refusal, false)
    ? (thrown as Refusal)
    : new Refusal("unserializable", `${what} cannot become JSON: ${describeThrown(thrown)}`);
}

/** What an exception says, and its cause: `fetch failed` alone says nothing. Whatever was thrown. */
export function describeThrown(thrown: unknown): string {
  const said = attempt(() => {
    const { message, cause } = Object(thrown) as { message?: unknown; cause?: Record<string, unknown> };
    return words(thrown, message, cause?.message || cause?.code);
  }, "");
  return said || "an exception without words";
}

/** Those parts that say something, on one line. */
export function words(...parts: readonly unknown[]): string {
  const said = parts.filter((part) => part && typeof part === "string");
  return said.join(": ").split("\n", 1).join();
}

/**
 * Text from outside, as text and nothing more: escaped as JSON has it, and no longer than a message may be. Without a RegExp, as all
 * that a call may come to: see `isEventType`.
 */
export function printable(text: string): string {
  let shown = "";
  for (const one of text) {
    const code = one.codePointAt(0) as number;
    const isPlain = ENDS.filter((end) => end <= code).length % 2 > 0;
    const part = isPlain ? one : `\\u${code.toString(16).padStart(4, "0")}`;
    if (shown.length + part.length > MAX_MESSAGE_LENGTH) break;
    shown += part;
  }
  return shown;
}

/**
 * Where text ends that would paint over a terminal, break a line, turn its direction or is half a character, and in turn where text ends
 * that does not.
 */
const ENDS = [
  0x20, 0x7f, 0xa0, 0x61c, 0x61d, 0x200e, 0x2010, 0x2028, 0x202f, 0x2066, 0x206a, 0xd800, 0xe000, 0xfeff,
  0xff00,
];

/** A name for messages: short, and only if it is text. Without `JSON.stringify`, which may be what has failed. */
export function quote(name: unknown): string {
  return typeof name === "string" ? `"${name.slice(0, 100)}"` : "…";
}
