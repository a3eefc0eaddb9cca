/** The options every SDK shares (contract, section 7): types, defaults, and errors that name the option and the fix. */
import type { WhisperrError } from "./errors.ts";
import { describeType } from "./json.ts";
import type { Outbox } from "./outbox.ts";
import type { FetchLike } from "./ports.ts";
import type { WireEvent } from "./snapshot.ts";

export interface WhisperrOptions {
  /** The ingestion key, `wrk_…`. Required unless `disabled`. Sent to `baseUrl` only, never logged. */
  readonly apiKey?: string | undefined;
  /** Where the ingestion API is. Default `https://api.whisperr.net`; a trailing slash is harmless. */
  readonly baseUrl?: string | undefined;
  /** Lets `baseUrl` be `http:` on a host that is not this machine. Default false: the key would travel in the clear. */
  readonly allowInsecureHttp?: boolean | undefined;
  /** Operations that start a flush, 1 or more, at most `maxQueueSize`. Default 20. */
  readonly flushAt?: number | undefined;
  /** Milliseconds an operation waits at most before a flush starts; 0 = no timer. Default 10 000. */
  readonly flushIntervalMs?: number | undefined;
  /** Operations kept; beyond it the oldest are dropped. 1 or more. Default 10 000 on servers, 1 000 in clients. */
  readonly maxQueueSize?: number | undefined;
  /** Events per request, 1 or more; clamped to 500. Default 500. */
  readonly maxBatchSize?: number | undefined;
  /** Bytes per request body; a larger single event travels alone. 1 or more. Default 524 288. */
  readonly maxBatchBytes?: number | undefined;
  /** Attempts after the first, 0 or more, then everything is kept for a later flush. Default 6. */
  readonly maxRetries?: number | undefined;
  /** Waits between attempts, in ms: doubling from `baseMs`, capped at `maxMs`, with jitter. Default 1 000 and 30 000. */
  readonly backoff?:
    | { readonly baseMs?: number | undefined; readonly maxMs?: number | undefined }
    | undefined;
  /** Milliseconds one request may take. 1 or more. Default 10 000. */
  readonly requestTimeoutMs?: number | undefined;
  /** True makes a client whose calls do nothing. Default false. */
  readonly disabled?: boolean | undefined;
  /** Prints diagnostics to the console. Default false. */
  readonly debug?: boolean | undefined;
  /** Gets every error as a value. What it throws is caught. Without it, each kind is printed once as a warning. */
  readonly onError?: ((error: WhisperrError) => void) | undefined;
  /** Sees every event once, at `track()`, as it will be sent; returns it (changed or not), or null to leave it out. */
  readonly beforeSend?: ((event: WireEvent) => WireEvent | null) | undefined;
  /** Values for every event's `context`; a call's own context wins. Copied at creation. */
  readonly context?: object | undefined;
  /** Where operations wait. Default: memory. */
  readonly outbox?: Outbox | undefined;
  /** Replaces the platform's `fetch`. */
  readonly fetch?: FetchLike | undefined;
}

/** The options with every default filled in and every number checked. */
export interface ResolvedOptions {
  readonly apiKey: string;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly flushAt: number;
  readonly flushIntervalMs: number;
  readonly maxQueueSize: number;
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
/** The longest wait a timer can hold; platforms fire at once beyond it. */
export const MAX_TIMER_MS = 2_147_483_647;
/** More attempts than this in a row are a mistake, not a policy. */
const MAX_RETRIES = 1000;

/** Throws an Error that names the option, what it got and what it takes. `defaults`: what differs between runtimes. */
export function resolveOptions(
  options: WhisperrOptions,
  defaults: { readonly maxQueueSize: number },
): ResolvedOptions {
  check("onError", options.onError, "a function");
  check("beforeSend", options.beforeSend, "a function");
  check("fetch", options.fetch, "a function");
  check("disabled", options.disabled, "a boolean");
  check("debug", options.debug, "a boolean");
  check("allowInsecureHttp", options.allowInsecureHttp, "a boolean");
  check("backoff", options.backoff, "an object");
  checkOutbox(options.outbox);
  const maxQueueSize = integer(
    "maxQueueSize",
    options.maxQueueSize,
    defaults.maxQueueSize,
    1,
    Number.MAX_SAFE_INTEGER,
  );
  const baseMs = integer("backoff.baseMs", options.backoff?.baseMs, 1000, 1, MAX_TIMER_MS);
  const maxMs = integer("backoff.maxMs", options.backoff?.maxMs, Math.max(30_000, baseMs), 1, MAX_TIMER_MS);
  if (maxMs < baseMs)
    throw misuse(`backoff.maxMs (${maxMs}) must not be smaller than backoff.baseMs (${baseMs})`);
  return {
    apiKey: checkApiKey(options.apiKey),
    baseUrl: checkBaseUrl(options.baseUrl ?? DEFAULT_BASE_URL, options.allowInsecureHttp === true),
    flushAt: Math.min(integer("flushAt", options.flushAt, 20, 1, Number.MAX_SAFE_INTEGER), maxQueueSize),
    flushIntervalMs: integer("flushIntervalMs", options.flushIntervalMs, 10_000, 0, MAX_TIMER_MS),
    maxQueueSize,
    maxBatchSize: Math.min(
      integer("maxBatchSize", options.maxBatchSize, MAX_BATCH_SIZE, 1, Number.MAX_SAFE_INTEGER),
      MAX_BATCH_SIZE,
    ),
    maxBatchBytes: integer("maxBatchBytes", options.maxBatchBytes, 512 * 1024, 1, Number.MAX_SAFE_INTEGER),
    maxRetries: integer("maxRetries", options.maxRetries, 6, 0, MAX_RETRIES),
    backoff: { baseMs, maxMs },
    requestTimeoutMs: integer("requestTimeoutMs", options.requestTimeoutMs, 10_000, 1, MAX_TIMER_MS),
    debug: options.debug === true,
  };
}

export function integer(name: string, value: unknown, fallback: number, min: number, max: number): number {
  if (value === undefined || value === null) return fallback;
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
  const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `from ${min} to ${max}`;
  throw misuse(
    `${name} must be a whole number, ${range}, but is ${typeof value === "number" ? value : `a ${typeof value}`}`,
  );
}

export function misuse(message: string): Error {
  return new Error(`Whisperr: ${message}.`);
}

/** undefined and null mean: not given. */
function check(name: string, value: unknown, type: "a function" | "a boolean" | "an object"): void {
  if (value === undefined || value === null || type === describeType(value)) return;
  throw misuse(`${name} must be ${type}, but is ${describeType(value)}`);
}

function checkOutbox(outbox: unknown): void {
  if (outbox === undefined || outbox === null) return;
  const { size, append, at, remove } = outbox as { readonly [name: string]: unknown };
  if (Number.isInteger(size) && [append, at, remove].every((method) => typeof method === "function")) return;
  throw misuse("outbox must be an object with a numeric size and the methods append, at and remove");
}

function checkApiKey(apiKey: unknown): string {
  if (typeof apiKey !== "string" || apiKey === "") {
    throw misuse(
      "apiKey is missing; pass your ingestion key (wrk_…), usually from the environment variable WHISPERR_API_KEY",
    );
  }
  // It travels in a header, where anything else is refused with an error that would print it.
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw misuse("apiKey holds a space, a line break or a character that no key has; copy it again");
  }
  return apiKey;
}

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

function checkBaseUrl(baseUrl: unknown, allowInsecureHttp: boolean): string {
  const parts =
    typeof baseUrl === "string"
      ? /^(https?):\/\/(\[[\da-f:.]+\]|[^/?#@\s\\:[\]]+)(:\d{1,5})?(\/[^?#\s\\]*)?$/i.exec(baseUrl)
      : null;
  if (parts === null || Number(parts[3]?.slice(1) ?? 0) > 65_535) {
    throw misuse(
      "baseUrl must be a URL such as https://api.whisperr.net, without user name, query or fragment",
    );
  }
  const [url, scheme = "", host = ""] = parts;
  if (scheme.toLowerCase() === "http" && !allowInsecureHttp && !LOOPBACK.test(host)) {
    throw misuse(
      `baseUrl (http://${host}) would send the key unencrypted; use https:, or set allowInsecureHttp if you mean it`,
    );
  }
  return url.replace(/\/+$/, "");
}
