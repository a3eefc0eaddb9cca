/** What a runtime supplies. Core holds no clock, timer, randomness, network or console of its own. */

import type { Client } from "./client/client.ts";
import type { Operation } from "./events/operation.ts";
import type { AHEAD } from "./loop/ahead.ts";

export interface Ports {
  /** Wall-clock ms since 1970: stamps `occurred_at`. Never used to measure a wait, so a clock that jumps delays nothing. */
  readonly nowMs: () => number;
  readonly timers: Timers;
  /** Runs what is not the work of the call that caused it: outside of what the host ties to that call. Timers do so too. */
  readonly inContext: <T>(run: () => T) => T;
  /** A number in [0, 1), for jitter. */
  readonly random: () => number;
  /** A random UUID, drawn anew at each call: two clones of a process image must not get the same. */
  readonly uuid: () => string;
  /** The platform's fetch, or the app's. */
  readonly fetch: FetchLike;
  readonly abortController: () => AbortControllerLike;
  /** The text of an answer. May reject: the status counts without it. */
  readonly readText: (response: FetchResponse) => Promise<string>;
  /** Servers: who records, in the context of each event. What the app puts there wins. */
  readonly library?: Library;
  /** Servers: what the context of an event gets by itself, read at its call. */
  readonly spanOfCall?: () => object | undefined;
  /** The runtime's console. */
  readonly log: (level: "debug" | "warn", message: string) => void;
  /** Called at the end of each step; a runtime uses it to hold, or let go of, its process or request. */
  readonly onStep?: ((client: Client) => void) | undefined;
  /** May a request leave now? Where other pages share the queue. If not, the runtime says `transmit` as soon as it may. */
  isReady?(client: Client): boolean;
  /** Bytes the next body may have at most, where that changes: a page that goes away has a small budget. */
  maxBodyBytes?(client: Client): number;
  /** Lets requests leave before their turn, where a client may end at any moment. */
  readonly sendingAhead?: typeof AHEAD;
  /** Bytes that may leave now without waiting for an answer; 0 while there is time. With `sendingAhead`. */
  aheadBytes?(client: Client): number;
  /** Told of every operation that leaves the queue: delivered, or given up. */
  readonly onSettled?: (operation: Operation, delivered: boolean) => void;
}

/** The SDK, as its events name it. */
export interface Library {
  readonly name: string;
  /** Of the package; none where it runs from its sources. */
  readonly version: string | undefined;
  /** With its version where it has one: `node/26.10.0`, `Cloudflare-Workers`. */
  readonly runtime: string | undefined;
}

/** One-shot timers. A runtime whose timers can keep a process alive returns ones that do not. */
export interface Timers {
  /** Returns `null` where the host refuses to set one. */
  set(callback: () => void, delayMs: number): unknown;
  clear(handle: unknown): void;
}

/** The part of `fetch` that delivery uses; the platform's own `fetch` fits. */
export type FetchLike = (url: string, init: FetchInit) => Promise<FetchResponse>;

/** What a request is made with. */
export interface FetchInit {
  /** Always the same. */
  readonly method: "POST";
  /** Holds the key, as `X-API-Key`. */
  readonly headers: Record<string, string>;
  /** JSON text. */
  readonly body: string;
  /** Redirects are not followed: the key must not reach another origin. */
  readonly redirect: "manual";
  /** Browsers: the request outlives its page. */
  readonly keepalive?: boolean;
  /** Browsers: the API hears nothing of the page's address but what events say, and nothing of its cookies. */
  readonly referrerPolicy?: "no-referrer";
  /** See `referrerPolicy`. */
  readonly credentials?: "omit";
  /** The platform's AbortSignal. `never`, because each platform types its own and `never` fits all of them. */
  readonly signal: never;
}

/** The part of an answer that is read. */
export interface FetchResponse {
  /** The HTTP status. */
  readonly status: number;
  /** `Retry-After` and the content type are read. */
  readonly headers: { get(name: string): string | null };
  /** Where it is given, no more than the beginning is read. */
  readonly body?: { getReader(): BodyReader } | null;
  /** The whole text. */
  text(): Promise<string>;
}

/** Reads an answer piece by piece. */
export interface BodyReader {
  /** The next piece. */
  read(): Promise<{ done: false; value: Uint8Array } | { done: true; value?: Uint8Array | undefined }>;
  /** The rest is not wanted. */
  cancel(): Promise<void>;
}

export interface AbortControllerLike {
  readonly signal: unknown;
  abort(): void;
}
