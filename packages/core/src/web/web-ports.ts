/**
 * The ports that every runtime with the web's globals shares. The one place in core that names them, and nothing in core
 * imports it. Each is looked up at its call: fake timers of a test take hold, and at global scope a Worker may not touch them.
 */

import type { AbortControllerLike, FetchLike, FetchResponse, Ports } from "../ports.ts";
import { outsideZones, timersIn } from "./host-context.ts";
import { uuid } from "./uuid.ts";

// As far as they are used here; core is checked without the types of any platform.
declare function setTimeout(callback: () => void, delayMs: number): unknown;
declare function clearTimeout(handle: unknown): void;
declare const fetch: FetchLike;
declare const AbortController: new () => AbortControllerLike;
declare const TextDecoder: new () => {
  decode(bytes?: Uint8Array, options?: { readonly stream: boolean }): string;
};
declare const console: { [level in "debug" | "warn"]: (message: string) => void };

/** What of an answer is read: far more than counts and an error's words take, whatever a server sends. */
const MAX_ANSWER_BYTES = 256 * 1024;

/** `given`: the app's fetch, in place of the platform's. What is no function counts as none. */
export function webPorts(given: FetchLike | null | undefined): Ports {
  return {
    nowMs: () => Date.now(),
    timers: timersIn(outsideZones, {
      set: (callback, delayMs) => setTimeout(callback, delayMs),
      clear: (handle) => clearTimeout(handle),
    }),
    inContext: outsideZones,
    random: () => Math.random(),
    uuid,
    fetch: typeof given === "function" ? given : (url, init) => fetch(url, init),
    abortController: () => new AbortController(),
    readText: readBoundedText,
    log: (level, message) => console[level](message),
  };
}

/** An answer's text up to a bound: one oversized answer would harm everybody in the process. Rejects when the body breaks off. */
export async function readBoundedText(response: FetchResponse): Promise<string> {
  const { body } = response;
  // Polyfills have bodies of other kinds, or none; and the DOM of a test may lack the decoder.
  if (typeof body?.getReader !== "function" || typeof TextDecoder === "undefined") return response.text();
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += decoder.decode(part.value, { stream: true });
    bytes += part.value.length;
    if (bytes <= MAX_ANSWER_BYTES) continue;
    reader.cancel().catch(() => {});
    break;
  }
  return text + decoder.decode();
}
