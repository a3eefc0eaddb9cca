/** From what an app gave to options with every default filled in, or an error that names the option and the fix. */
import { checkRange, checkTypes, mustBe, mustHaveKey, RULES } from "./development.ts";
import { MAX_BATCH_SIZE, MAX_TIMER_MS, NUMBERS, type NumberName, type WhisperrOptions } from "./options.ts";

/** The options with every default filled in and every number checked. */
export interface ResolvedOptions extends Readonly<Record<NumberName, number>> {
  readonly apiKey: string;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly backoff: { readonly baseMs: number; readonly maxMs: number };
  readonly debug: boolean;
}

export const DEFAULT_BASE_URL = "https://api.whisperr.net";

/** Throws an Error that names the option, what it got and what it takes. `defaults`, `waits`: what differs between runtimes. */
export function resolveOptions(
  options: WhisperrOptions,
  defaults: { readonly [name in NumberName]?: number } = {},
  waits: ResolvedOptions["backoff"] = { baseMs: 1000, maxMs: 30_000 },
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
  const numbers = {} as { [name in NumberName]: number };
  for (const name of Object.keys(NUMBERS) as NumberName[]) {
    const [fallback, min, max] = NUMBERS[name];
    numbers[name] = integer(name, options[name], defaults[name] ?? fallback, min, max);
  }
  const { backoff } = options;
  const baseMs = integer("backoff.baseMs", backoff?.baseMs, waits.baseMs, 1, MAX_TIMER_MS);
  const maxMs = integer("backoff.maxMs", backoff?.maxMs, Math.max(waits.maxMs, baseMs), baseMs, MAX_TIMER_MS);
  return {
    ...numbers,
    apiKey: checkApiKey(options.apiKey),
    baseUrl: checkBaseUrl(options.baseUrl, options.allowInsecureHttp),
    flushAt: Math.min(numbers.flushAt, numbers.maxQueueSize),
    maxBatchSize: Math.min(numbers.maxBatchSize, MAX_BATCH_SIZE),
    backoff: { baseMs, maxMs },
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
  // Without a RegExp: to compile one takes longer than all the other checks. A production build has no `mustHaveKey()`.
  const fits = typeof apiKey === "string" && apiKey && [...apiKey].every((one) => one >= "!" && one <= "~");
  mustBe(fits, "apiKey", RULES.apiKey, apiKey);
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
