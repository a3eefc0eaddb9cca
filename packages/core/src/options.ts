/** The options every SDK shares: their types, and of numbers the defaults and ranges. What is made of them: `resolve-options.ts`. */
import type { WhisperrError } from "./errors.ts";
import type { WireEvent } from "./events/recorder.ts";
import type { Schema } from "./events/schemas.ts";
import type { FetchLike } from "./ports.ts";
import type { AppOutbox } from "./queue/outbox.ts";
import type { Names } from "./unknown-names.ts";

/** What every SDK can be told when a client is made. */
export interface WhisperrOptions {
  /** The ingestion key, `wrk_…`. Required unless `disabled`. It goes to `baseUrl` only and is never logged. */
  readonly apiKey?: string | undefined;
  /**
   * Where the ingestion API is. A trailing slash is harmless.
   * @default "https://api.whisperr.net"
   */
  readonly baseUrl?: string | undefined;
  /**
   * Lets `baseUrl` be `http:` on another machine than this one, or by way of a proxy. The key then travels unencrypted.
   * @default false
   */
  readonly allowInsecureHttp?: boolean | undefined;
  /**
   * How many operations start a flush: 1 or more, at most `maxQueueSize`.
   * @default 20
   */
  readonly flushAt?: number | undefined;
  /**
   * The longest time an operation waits for a flush to start, in ms; 0 = no timer. In a long outage it grows to 5 minutes.
   * @default 10_000
   */
  readonly flushIntervalMs?: number | undefined;
  /**
   * How many operations are kept, 1 or more. Beyond it the oldest are dropped and reported.
   * @default 10_000
   */
  readonly maxQueueSize?: number | undefined;
  /**
   * How much of their JSON is kept, in bytes, 1 or more; a character counts as one. Beyond it the oldest are dropped and
   * reported; the newest is always kept.
   * @default 67_108_864
   */
  readonly maxQueueBytes?: number | undefined;
  /**
   * Events in one request, 1 or more. Larger values than 500 mean 500.
   * @default 500
   */
  readonly maxBatchSize?: number | undefined;
  /**
   * Bytes of one request body, 1 or more. A single larger event travels alone.
   * @default 524_288
   */
  readonly maxBatchBytes?: number | undefined;
  /**
   * Attempts after the first one, 0 or more. When all have failed, everything is kept for a later flush. In a long outage later
   * flushes make fewer.
   * @default 6
   */
  readonly maxRetries?: number | undefined;
  /**
   * Waits between attempts, in ms: they double from `baseMs` up to `maxMs`, and half of each is random.
   * @default { baseMs: 1_000, maxMs: 30_000 }
   */
  readonly backoff?:
    | { readonly baseMs?: number | undefined; readonly maxMs?: number | undefined }
    | undefined;
  /**
   * The longest time one request may take, in ms; 1 or more.
   * @default 10_000
   */
  readonly requestTimeoutMs?: number | undefined;
  /**
   * Makes a client whose calls do nothing.
   * @default false
   */
  readonly disabled?: boolean | undefined;
  /**
   * Prints diagnostics to the console. They never hold the key.
   * @default false
   */
  readonly debug?: boolean | undefined;
  /** Gets every error as a value. What it throws is caught. Without it, each kind of error is printed once as a warning. */
  readonly onError?: ((error: WhisperrError) => void) | undefined;
  /**
   * Sees every event once, during `track()`, as it will be sent. Returns the event, changed or not, or null to leave it out.
   * @example
   * beforeSend: (event) => (event.event_type.startsWith("debug_") ? null : event)
   */
  readonly beforeSend?: ((event: WireEvent) => WireEvent | null) | undefined;
  /**
   * Schemas of the events by their names, of zod 4, valibot 1, arktype 2 or any other Standard Schema. They type `track()`, and
   * what they make of its properties is sent. They answer at once: async ones are refused.
   * @example
   * events: { payment_failed: z.object({ amount_cents: z.number().int() }) }
   */
  readonly events?: { readonly [event: string]: Schema | undefined } | undefined;
  /** A schema of the traits of `identify()`, in the same way. Traits that violate it are `invalidEvents`, too. */
  readonly traits?: Schema | undefined;
  /**
   * What becomes of an event that `events` has no schema of. `page_viewed`, which the SDK records by itself, is never one.
   * @default "allow"
   */
  readonly unknownEvents?: "allow" | "warn" | "drop" | undefined;
  /**
   * What becomes of an event that violates its schema: `warn` and `send` send it as it was given. A schema that throws is violated.
   * @default "drop"
   */
  readonly invalidEvents?: "drop" | "warn" | "send" | undefined;
  /** Values for the `context` of every event. A call's own context wins. Copied when the client is made. */
  readonly context?: object | undefined;
  /**
   * Where operations wait: any object with `size`, `append`, `at` and `remove`. Each client needs one of its own.
   * @default memory
   */
  readonly outbox?: AppOutbox | undefined;
  /**
   * What requests are made with, for proxies and tests.
   * @default the platform's `fetch`
   */
  readonly fetch?: FetchLike | undefined;
}

/** The contract's hard cap on events per request. */
export const MAX_BATCH_SIZE = 500;
/** The longest wait a timer can hold; platforms fire at once beyond it. */
export const MAX_TIMER_MS = 2_147_483_647;
/** More attempts than this in a row are a mistake, not a policy. */
const MAX_RETRIES = 1000;

/** Of each number the default (contract, section 7), the least, and the most, where there is one. */
export const NUMBERS: {
  readonly [name in NumberName]: readonly [fallback: number, min: number, max?: number];
} = {
  flushAt: [20, 1],
  flushIntervalMs: [10_000, 0, MAX_TIMER_MS],
  maxQueueSize: [10_000, 1],
  maxQueueBytes: [64 * 1024 * 1024, 1],
  maxBatchSize: [MAX_BATCH_SIZE, 1],
  maxBatchBytes: [512 * 1024, 1],
  maxRetries: [6, 0, MAX_RETRIES],
  requestTimeoutMs: [10_000, 1, MAX_TIMER_MS],
};

/** The options that are whole numbers. */
export type NumberName =
  | "flushAt"
  | "flushIntervalMs"
  | "maxQueueSize"
  | "maxQueueBytes"
  | "maxBatchSize"
  | "maxBatchBytes"
  | "maxRetries"
  | "requestTimeoutMs";

/** The names of all options, without that of the outbox, which runtimes have their own of, or none. */
export const OPTION_NAMES: Names<Omit<WhisperrOptions, "outbox">> = {
  ...NUMBERS,
  apiKey: true,
  baseUrl: true,
  allowInsecureHttp: true,
  backoff: true,
  disabled: true,
  debug: true,
  onError: true,
  beforeSend: true,
  events: true,
  traits: true,
  unknownEvents: true,
  invalidEvents: true,
  context: true,
  fetch: true,
};

/** The options of what only delivers: the other side of an outbox. */
export type DeliveryOptionName =
  | "apiKey"
  | "baseUrl"
  | "allowInsecureHttp"
  | "maxBatchSize"
  | "maxBatchBytes"
  | "maxRetries"
  | "backoff"
  | "requestTimeoutMs"
  | "debug"
  | "onError"
  | "fetch";

/** Their names. */
export const DELIVERY_OPTION_NAMES: Names<Pick<WhisperrOptions, DeliveryOptionName>> = {
  apiKey: true,
  baseUrl: true,
  allowInsecureHttp: true,
  maxBatchSize: true,
  maxBatchBytes: true,
  maxRetries: true,
  backoff: true,
  requestTimeoutMs: true,
  debug: true,
  onError: true,
  fetch: true,
};
