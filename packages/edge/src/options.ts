/** What this package's clients take, checked and with its defaults. */
import {
  type AppOutbox,
  integer,
  MAX_TIMER_MS,
  mustBe,
  type Names,
  OPTION_NAMES,
  type ResolvedOptions,
  resolveOptions,
  type WhisperrOptions,
} from "@whisperr/core";
import type { PlatformOutbox } from "./hand-over/platform-outbox.ts";

/** Keeps a request open until `promise` has settled. */
export type WaitUntil = (promise: Promise<unknown>) => void;

/** What all entries of this package take. */
export interface EdgeOptions extends Omit<WhisperrOptions, "outbox"> {
  /**
   * The longest time an operation waits for a flush to start, in ms; 0 = no timer, only `flushAt` and `flush()`. What a
   * request tracks travels together. When the key is refused or retries are used up, no request is held for another
   * interval: what was kept goes out with the next request, or after an interval that is given here, where the platform
   * still runs code then. In an outage these become longer, up to 5 minutes.
   * @default 50
   */
  readonly flushIntervalMs?: number | undefined;
  /**
   * The longest time a request is held for delivery, in ms, counted from its call, or from the return of a wrapped handler;
   * 1 or more. What is left then is reported as `retry_exhausted`, or goes on in another request of the same client.
   * Platforms stop at 30,000.
   * @default 25_000
   */
  readonly waitUntilTimeoutMs?: number | undefined;
  /**
   * Waits between attempts, in ms: they double from `baseMs` up to `maxMs`, and half of each is random. By default six of
   * them fit into `waitUntilTimeoutMs`.
   * @default { baseMs: 500, maxMs: 8_000 }
   */
  readonly backoff?: WhisperrOptions["backoff"];
  /**
   * Where operations wait, or the platform's own queue that they are handed to in place of the API.
   * @default memory
   */
  readonly outbox?: AppOutbox | PlatformOutbox | undefined;
}

/** What `createWhisperr()` can be told. */
export interface WhisperrEdgeOptions extends EdgeOptions {
  /**
   * The platform's `waitUntil`, called once for each burst of calls, in their request. One of a single request makes a
   * client of that request; one that finds the current request by itself makes a client for all of them.
   */
  readonly waitUntil: WaitUntil;
}

/** Their names. */
export const ALL_OPTION_NAMES: Names<WhisperrEdgeOptions> = {
  ...OPTION_NAMES,
  waitUntilTimeoutMs: true,
  outbox: true,
  waitUntil: true,
};

/** The options with every default filled in. */
export interface EdgeConfig extends ResolvedOptions {
  /** Shorter once a request's handler has returned. */
  flushIntervalMs: number;
  /** No request is held for the next interval; what was kept waits for another. */
  readonly retriesKept: false;
  /** The interval that the app gave, for what was kept; 0: none. */
  readonly resumeAfterMs: number;
  readonly waitUntil: WaitUntil;
  readonly waitUntilTimeoutMs: number;
}

/** Long enough for what one request tracks, short enough to cost an open request nothing. */
export const COALESCING_MS = 50;
/** While a handler runs its events wait for each other, but not for ever: it may stream, or hang. */
export const HANDLER_INTERVAL_MS = 10_000;
/** Platforms end a request's work 30 s after its response; this leaves time to report. */
const TIMEOUT_MS = 25_000;
/** 23.5 s for six of them at most. */
const BACKOFF = { baseMs: 500, maxMs: 8000 };

export function checkObject(options: unknown): void {
  mustBe(Object(options) === options, "options", "an object", options);
}

/** `intervalMs`: `flushIntervalMs`, unless the app gave one. Throws an Error that names the option and the fix. */
export function resolveEdgeOptions(options: WhisperrEdgeOptions, intervalMs: number): EdgeConfig {
  const { waitUntil } = options;
  const rule = "the platform's, e.g. (promise) => ctx.waitUntil(promise)";
  mustBe(typeof waitUntil === "function", "waitUntil", rule, waitUntil);
  const resolved = resolveOptions(options as WhisperrOptions, { flushIntervalMs: intervalMs }, BACKOFF);
  const { flushIntervalMs } = resolved;
  return {
    ...resolved,
    // Not that of an option in whose place the default was taken.
    resumeAfterMs: flushIntervalMs === options.flushIntervalMs ? flushIntervalMs : 0,
    retriesKept: false,
    waitUntil,
    waitUntilTimeoutMs: integer(
      "waitUntilTimeoutMs",
      options.waitUntilTimeoutMs,
      TIMEOUT_MS,
      1,
      MAX_TIMER_MS,
    ),
  };
}
