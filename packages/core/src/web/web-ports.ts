/**
 * The ports that every runtime with the web's globals shares. The one place in core that names them, and nothing in core
 * imports it. Each is looked up at its call: fake timers of a test take hold, and at global scope a Worker may not touch them.
 */
import { readBoundedText } from "../http/bounded-text.ts";
import type { AbortControllerLike, FetchLike, Ports } from "../ports.ts";

// As far as they are used here; core is checked without the types of any platform.
declare function setTimeout(callback: () => void, delayMs: number): unknown;
declare function clearTimeout(handle: unknown): void;
declare const crypto: { randomUUID(): string };
declare const fetch: FetchLike;
declare const AbortController: new () => AbortControllerLike;
declare const TextDecoder: new () => { decode(bytes: Uint8Array): string };
declare const console: { [level in "debug" | "warn"]: (message: string) => void };

/** `given`: the app's fetch, in place of the platform's. */
export function webPorts(given: FetchLike | null | undefined): Ports {
  return {
    nowMs: () => Date.now(),
    timers: {
      set: (callback, delayMs) => setTimeout(callback, delayMs),
      clear: (handle) => clearTimeout(handle),
    },
    random: () => Math.random(),
    uuid: () => crypto.randomUUID(),
    fetch: given ?? ((url, init) => fetch(url, init)),
    abortController: () => new AbortController(),
    readText: (response) => readBoundedText(response, (bytes) => new TextDecoder().decode(bytes)),
    log: (level, message) => console[level](message),
  };
}
