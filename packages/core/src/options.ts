/** The options every SDK shares: types, defaults, and errors that name the option and the fix. */
import { checkRange, checkTypes, mustBe, mustHaveKey, RULES } from "./development.ts";
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

/** Their names, without that of the outbox, which runtimes have their own of, or none. */
export const OPTION_NAMES: Names<Omit<WhisperrOptions, "outbox">> = {
  apiKey: true,
  baseUrl: true,
  allowInsecureHttp: true,
  flushAt: true,
  flushIntervalMs: true,
  maxQueueSize: true,
  maxQueueBytes: true,
  maxBatchSize: true,
  maxBatchBytes: true,
  maxRetries: true,
  backoff: true,
  requestTimeoutMs: true,
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

/** The options with every default filled in and every number checked. */
export interface ResolvedOptions {
  readonly apiKey: string;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly flushAt: number;
  readonly flushIntervalMs: number;
  readonly maxQueueSize: number;
  readonly maxQueueBytes: number;
  readonly maxBatchSize: number;
  readonly maxBatchBytes: number;
  readonly maxRetries: number;
  readonly backoff: { readonly baseMs: number; readonly maxMs: number };
  readonly requestTimeoutMs: number;
  readonly debug: boolean;
}

export const DEFAULT_BASE_URL = "https://api.whisperr.net";
/** The contract's hard cap on events per request. */
export const MAX_BATCH_SIZE = 500;
/** Of servers (contract, section 7). */
const MAX_QUEUE_BYTES = 64 * 1024 * 1024;
/** The longest wait a timer can hold; platforms fire at once beyond it. */
export const MAX_TIMER_MS = 2_147_483_647;
/** More attempts than this in a row are a mistake, not a policy. */
const MAX_RETRIES = 1000;

/** Options without what other code has given to every object: enumerable members of `Object.prototype`. */
export function ownOptions<Options extends object>(options: Options): Options {
  const added = Object.keys(Object.prototype);
  if (added.length === 0) return options;
  return { ...Object.fromEntries(added.map((name) => [name, undefined])), ...options };
}

/** Throws an Error that names the option, what it got and what it takes. `defaults`: what differs between runtimes. */
export function resolveOptions(
  options: WhisperrOptions,
  defaults: { readonly maxQueueSize: number; readonly maxQueueBytes?: number },
): ResolvedOptions {
  checkTypes("function", options, ["onError", "fetch"]);
  const { beforeSend } = options as { readonly beforeSend?: unknown };
  // In every build: without it something might be sent that was to be taken out.
  mustBe(
    (beforeSend ?? undefined) === undefined || typeof beforeSend === "function",
    "beforeSend",
    "a function",
    beforeSend,
  );
  checkTypes("boolean", options, ["disabled", "debug", "allowInsecureHttp"]);
  checkTypes("object", options, ["backoff"]);
  const number = (name: keyof WhisperrOptions, fallback: number, min: number, max?: number) =>
    integer(name, options[name], fallback, min, max);
  const maxQueueSize = number("maxQueueSize", defaults.maxQueueSize, 1);
  const { backoff } = options;
  const baseMs = integer("backoff.baseMs", backoff?.baseMs, 1000, 1, MAX_TIMER_MS);
  const maxMs = integer("backoff.maxMs", backoff?.maxMs, Math.max(30_000, baseMs), baseMs, MAX_TIMER_MS);
  return {
    apiKey: checkApiKey(options.apiKey),
    baseUrl: checkBaseUrl(options.baseUrl, options.allowInsecureHttp),
    flushAt: Math.min(number("flushAt", 20, 1), maxQueueSize),
    flushIntervalMs: number("flushIntervalMs", 10_000, 0, MAX_TIMER_MS),
    maxQueueSize,
    maxQueueBytes: number("maxQueueBytes", defaults.maxQueueBytes ?? MAX_QUEUE_BYTES, 1),
    maxBatchSize: Math.min(number("maxBatchSize", MAX_BATCH_SIZE, 1), MAX_BATCH_SIZE),
    maxBatchBytes: number("maxBatchBytes", 512 * 1024, 1),
    maxRetries: number("maxRetries", 6, 0, MAX_RETRIES),
    backoff: { baseMs, maxMs },
    requestTimeoutMs: number("requestTimeoutMs", 10_000, 1, MAX_TIMER_MS),
    debug: options.debug === true,
  };
}

/**
 * A whole number from `min` to `max`; undefined and null mean: not given. What is none counts as not given in a production
 * build; what is too large is refused there too, for taken less it could mean the opposite.
 */
export function integer(
  name: string,
  given: unknown,
  fallback: number,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): number {
  const value = (given ?? fallback) as number;
  // First: to make words about what fits takes longer than all the rest.
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  checkRange(name, value, min, max);
  mustBe(typeof value !== "number" || !(value > max), name, `${max} or less`, value);
  return fallback;
}

/**
 * It travels in a header, where anything but these characters is refused with an error that would print it. Files and
 * forms that keys come from leave blanks and line ends around them.
 */
export function checkApiKey(given: unknown): string {
  const apiKey = typeof given === "string" ? given.trim() : given;
  mustHaveKey(apiKey);
  mustBe(typeof apiKey === "string" && /^[!-~]+$/.test(apiKey), "apiKey", RULES.apiKey, apiKey);
  return apiKey as string;
}

const URL_FORM = /^https?:\/\/(\[[\da-f:.]+\]|[^/?#@\s\\:[\]]+)(?::(\d{1,5}))?(?:\/[^?#\s\\]*)?$/i;
const LOOPBACK = /^((.+\.)?localhost|127\.[\d.]+|\[::1\])$/i;

function checkBaseUrl(given: unknown, allowInsecureHttp: unknown): string {
  // Expressions that are never needed need not be compiled: that is a fifth of what making a client takes. Empty text is what
  // a build makes of an environment variable that was not set.
  if (["", DEFAULT_BASE_URL].includes((given ?? "") as string)) return DEFAULT_BASE_URL;
  const url = typeof given === "string" ? given : "";
  const [, host = "", port = 0] = URL_FORM.exec(url) ?? [];
  mustBe(host && Number(port) <= 65_535, "baseUrl", RULES.baseUrl, given);
  const isSafe = allowInsecureHttp === true || /^https/i.test(url) || LOOPBACK.test(host);
  mustBe(isSafe, "baseUrl", RULES.secure, given);
  return url.replace(/\/+$/, "");
}
