/** The options every SDK shares (contract, section 7): types, defaults, and errors that name the option and the fix. */
import type { WhisperrError } from "./errors.ts";
import { misuse, mustBe } from "./events/refusal.ts";
import type { WireEvent } from "./events/snapshot.ts";
import type { FetchLike } from "./ports.ts";
import type { Outbox } from "./queue/outbox.ts";

export interface WhisperrOptions {
  /** The ingestion key, `wrk_…`. Required unless `disabled`. Sent to `baseUrl` only, never logged. */
  readonly apiKey?: string | undefined;
  /** Where the ingestion API is. Default `https://api.whisperr.net`; a trailing slash is harmless. */
  readonly baseUrl?: string | undefined;
  /** Lets `baseUrl` be `http:` on a host that is not this machine. Default false: the key would travel in the clear. */
  readonly allowInsecureHttp?: boolean | undefined;
  /** Operations that start a flush, 1 or more, at most `maxQueueSize`. Default 20. */
  readonly flushAt?: number | undefined;
  /** Milliseconds an operation waits at most before a flush starts; 0 = no timer. Default 10,000. */
  readonly flushIntervalMs?: number | undefined;
  /** Operations kept; beyond it the oldest are dropped. 1 or more. Default 10,000 on servers, 1,000 in clients. */
  readonly maxQueueSize?: number | undefined;
  /** Events per request, 1 or more; clamped to 500. Default 500. */
  readonly maxBatchSize?: number | undefined;
  /** Bytes per request body; a larger single event travels alone. 1 or more. Default 524,288. */
  readonly maxBatchBytes?: number | undefined;
  /** Attempts after the first, 0 or more, then everything is kept for a later flush. Default 6. */
  readonly maxRetries?: number | undefined;
  /** Waits between attempts, in ms: doubling from `baseMs`, capped at `maxMs`, with jitter. Default 1,000 and 30,000. */
  readonly backoff?:
    | { readonly baseMs?: number | undefined; readonly maxMs?: number | undefined }
    | undefined;
  /** Milliseconds one request may take. 1 or more. Default 10,000. */
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

export { misuse } from "./events/refusal.ts";

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
  checkTypes("function", options, ["onError", "beforeSend", "fetch"]);
  checkTypes("boolean", options, ["disabled", "debug", "allowInsecureHttp"]);
  checkTypes("object", options, ["backoff"]);
  checkOutbox(options.outbox);
  const number = (name: keyof WhisperrOptions, fallback: number, min: number, max?: number) =>
    integer(name, options[name], fallback, min, max);
  const maxQueueSize = number("maxQueueSize", defaults.maxQueueSize, 1);
  return {
    apiKey: checkApiKey(options.apiKey),
    baseUrl: checkBaseUrl(options.baseUrl ?? DEFAULT_BASE_URL, options.allowInsecureHttp),
    flushAt: Math.min(number("flushAt", 20, 1), maxQueueSize),
    flushIntervalMs: number("flushIntervalMs", 10_000, 0, MAX_TIMER_MS),
    maxQueueSize,
    maxBatchSize: Math.min(number("maxBatchSize", MAX_BATCH_SIZE, 1), MAX_BATCH_SIZE),
    maxBatchBytes: number("maxBatchBytes", 512 * 1024, 1),
    maxRetries: number("maxRetries", 6, 0, MAX_RETRIES),
    backoff: resolveBackoff(options.backoff ?? {}),
    requestTimeoutMs: number("requestTimeoutMs", 10_000, 1, MAX_TIMER_MS),
    debug: options.debug === true,
  };
}

/** A whole number from `min` to `max`; undefined and null mean: not given. */
export function integer(
  name: string,
  given: unknown,
  fallback: number,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): number {
  const value = (given ?? fallback) as number;
  const fits = Number.isInteger(value) && value >= min && value <= max;
  const rule = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `from ${min} to ${grouped(max)}`;
  mustBe(fits, name, `a whole number ${rule}`, value);
  return value;
}

/** `2,147,483,647`. */
function grouped(value: number): string {
  return `${value}`.replace(/\B(?=(\d{3})+$)/g, ",");
}

/** undefined and null mean: not given. */
export function checkTypes<Name extends string>(
  type: "function" | "boolean" | "object",
  options: { readonly [name in Name]?: unknown },
  names: readonly Name[],
): void {
  for (const name of names) {
    const value = options[name] ?? undefined;
    const rule = type === "boolean" ? "true or false" : `${type === "object" ? "an" : "a"} ${type}`;
    mustBe(value === undefined || typeof value === type, name, rule, value);
  }
}

function resolveBackoff(backoff: NonNullable<WhisperrOptions["backoff"]>): ResolvedOptions["backoff"] {
  const baseMs = integer("backoff.baseMs", backoff.baseMs, 1000, 1, MAX_TIMER_MS);
  const maxMs = integer("backoff.maxMs", backoff.maxMs, Math.max(30_000, baseMs), baseMs, MAX_TIMER_MS);
  return { baseMs, maxMs };
}

function checkOutbox(outbox: unknown): void {
  if (outbox === undefined || outbox === null) return;
  const { size, append, at, remove } = outbox as { readonly [name: string]: unknown };
  const fits = [append, at, remove].every((method) => typeof method === "function") && Number.isInteger(size);
  mustBe(fits, "outbox", "an object with size, append, at and remove", outbox);
}

/** It travels in a header, where anything but these characters is refused with an error that would print it. */
function checkApiKey(apiKey: unknown): string {
  if (apiKey === undefined || apiKey === null || apiKey === "")
    throw misuse(
      'apiKey is missing: createWhisperr({ apiKey: "wrk_…" }), with the key from WHISPERR_API_KEY',
    );
  const fits = typeof apiKey === "string" && /^[!-~]+$/.test(apiKey);
  mustBe(fits, "apiKey", "the key as it was issued, wrk_…, without spaces or line breaks", apiKey);
  return apiKey as string;
}

const URL_FORM = /^https?:\/\/(?:\[[\da-f:.]+\]|[^/?#@\s\\:[\]]+)(?::(\d{1,5}))?(?:\/[^?#\s\\]*)?$/i;
const ENCRYPTED_OR_LOOPBACK = /^https:|^http:\/\/(([^/:]+\.)?localhost|127\.[\d.]+|\[::1\])(?![^/:])/i;

function checkBaseUrl(given: unknown, allowInsecureHttp: unknown): string {
  const url = typeof given === "string" ? given : "";
  const parts = URL_FORM.exec(url);
  const fits = parts !== null && Number(parts[1] ?? 0) <= 65_535;
  mustBe(fits, "baseUrl", `a URL like ${DEFAULT_BASE_URL}`, given);
  const isSafe = allowInsecureHttp || ENCRYPTED_OR_LOOPBACK.test(url);
  const rule = "https:, or the key travels in the clear; allowInsecureHttp: true permits that";
  mustBe(isSafe, "baseUrl", rule, given);
  return url.replace(/\/+$/, "");
}
