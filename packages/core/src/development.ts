/**
 * What is checked, and the words for it, as far as a development build has more of both than a production build, which has
 * `production.ts` in the place of this file, with the same exports.
 */
import type { DropReason, WhisperrError } from "./errors.ts";
import type { IdentifyOptions } from "./events/identify-body.ts";
import { asRefusal, misuse, printable, quote, Refusal } from "./events/refusal.ts";
import { ignoreRejection, isThenable } from "./events/thenable.ts";
import type { WhisperrOptions } from "./options.ts";
import { nearestName, unknownNames } from "./unknown-names.ts";

/**
 * Throws unless it `fits`: `maxRetries must be a whole number from 0 to 1000 (got NaN)`. With a `reason` it is a Refusal, of a call;
 * without one an Error, of an option. Text is never shown, for it may be the key in a wrong place.
 */
export function mustBe(
  fits: unknown,
  what: string,
  rule: string,
  value: unknown,
  reason?: DropReason,
): asserts fits {
  if (fits) return;
  const message = `${what} must be ${rule} (got ${described(value)})`;
  throw reason ? new Refusal(reason, message) : misuse(message, what);
}

/** What the options that both builds check must be. */
export const RULES = {
  apiKey: "the key as it was issued, wrk_…, without spaces or line breaks",
  baseUrl: "a URL like https://api.whisperr.net",
  secure: "https:, or the key travels in the clear; allowInsecureHttp: true permits that",
};

/** Throws unless there is a key, whatever it is. */
export function mustHaveKey(apiKey: unknown): void {
  if (apiKey !== undefined && apiKey !== null && apiKey !== "") return;
  throw misuse('apiKey is missing: createWhisperr({ apiKey: "wrk_…" }), with the key from WHISPERR_API_KEY');
}

/** Throws unless an option is one of these, or not given. */
export function checkChoice(name: string, given: unknown, choices: readonly string[]): void {
  const value = given ?? undefined;
  mustBe(value === undefined || choices.some((one) => one === value), name, choices.join(" or "), value);
}

/** Throws: a number is not a whole one from `min` to `max`. */
export function checkRange(name: string, value: unknown, min: number, max: number): void {
  const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `from ${min} to ${grouped(max)}`;
  mustBe(false, name, `a whole number ${range}`, value);
}

/** Throws unless these options are of this type. undefined and null mean: not given. */
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

/** The options of every client. */
const OPTIONS: { readonly [name in keyof WhisperrOptions]-?: true } = {
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
  outbox: true,
};

/** Those that a runtime has beside them. */
const OWN_OPTIONS = {
  process: ["exitTimeoutMs"],
  page: [
    "flushAtStart",
    "persistence",
    "anonymousEvents",
    "pageViews",
    "respectDoNotTrack",
    "traitsFromDevice",
    "autoContext",
    "pageQuery",
  ],
};

/** Says of each option that there is none of that name, and which one is meant. */
export function checkOptionNames(
  options: object,
  of: keyof typeof OWN_OPTIONS,
  say: (message: string) => void,
): void {
  const known = [...Object.keys(OPTIONS), ...OWN_OPTIONS[of]];
  for (const name of unknownNames(options, known)) {
    const nearest = nearestName(name, known);
    const fix = nearest ? `: write ${nearest}` : "";
    say(`[whisperr] createWhisperr() has no option ${quote(printable(name))}${fix}.`);
  }
}

/** What `identify()` takes. */
const IDENTIFY: { readonly [name in keyof IdentifyOptions]-?: true } = {
  email: true,
  phone: true,
  pushToken: true,
  traits: true,
  channels: true,
  preferredChannel: true,
};

/** Says of each thing that `identify()` was given beside what it takes, and where it belongs. */
export function checkIdentifyNames(
  given: object,
  say: ((name: string, message: string) => void) | undefined,
): void {
  const known = Object.keys(IDENTIFY);
  for (const name of unknownNames(given, known))
    say?.(
      name,
      `identify() takes ${known.join(", ")}, and leaves out ${quote(name)}: write traits: { ${name} }.`,
    );
}

/**
 * Throws unless `events` and `traits` are schemas that answer at once, and the rest is one of the words for what becomes of what they
 * refuse. A schema that answers later only when properties fit has its events dropped, each with a report.
 */
export function checkSchemas({ events, traits, unknownEvents, invalidEvents }: WhisperrOptions): void {
  checkChoice("unknownEvents", unknownEvents, ["allow", "warn", "drop"]);
  checkChoice("invalidEvents", invalidEvents, ["drop", "warn", "send"]);
  checkTypes("object", { events }, ["events"]);
  if (!events && !traits) return;
  for (const [name, schema] of Object.entries({ ...events, traits })) {
    const what = `the schema of ${name}`;
    const fits = !schema || typeof schema["~standard"]?.validate === "function";
    mustBe(fits, what, "one of zod 4, valibot 1, arktype 2 or another Standard Schema", schema);
    let answer: unknown;
    try {
      answer = schema?.["~standard"].validate({});
      ignoreRejection(answer);
    } catch {
      // It says so again, of its first event.
    }
    mustBe(!isThenable(answer), what, "synchronous: track() does not wait", answer);
  }
}

/** Throws: the option `context` could not be read, and why. */
export function refuseContext(thrown: unknown): void {
  throw misuse(asRefusal(thrown, "context").message, "context");
}

const TEXTS: { readonly [what in DropReason | WhisperrError["type"] | "abandoned"]?: string } = {
  auth: "The API refused the key, everything is kept until the next flush: check apiKey",
  retry_exhausted: "Everything is kept for a later flush, delivery failed",
  abandoned: "Out of time, allow more",
  queue_full: "The queue is full, the oldest were dropped: raise maxQueueSize or maxQueueBytes",
  rejected: "The API refused this for good",
  too_large: "The API refused this as too large: send less at once",
  undeliverable: "This failed in all attempts, alone, while the API takes others",
  rejected_by_server: "The API refused some of this batch for good",
  opted_out: "The user opted out, the queue is discarded",
  reset: "reset() before identify(), held events are discarded",
  outbox_failed: "The outbox lost what it held",
  corrupt: "Stored operations are unreadable and discarded",
  too_old: "Stored operations are older than 30 days and discarded",
  storage_failed: "Storage is blocked or full, operations wait in memory",
};

/** What happened, in a sentence without its full stop. */
export function explain(what: keyof typeof TEXTS): string {
  return TEXTS[what] ?? what;
}

/** Behind what is printed once for want of an `onError`. */
export const ONLY_ONCE: string = " Further errors of this kind are not printed; onError gets all of them.";

/** `2,147,483,647`. */
function grouped(value: number): string {
  return `${value}`.replace(/\B(?=(\d{3})+$)/g, ",");
}

/** What a value is, never what it says: text may be the key in a wrong place, and an object anything. */
function described(value: unknown): string {
  if (typeof value === "string") return value.trim() === "" ? "blank text" : "text";
  if (value !== Object(value) && typeof value !== "symbol") return `${value}`;
  const kind = Object.prototype.toString.call(value).slice(8, -1).toLowerCase();
  return `${"aeio".includes(kind.charAt(0)) ? "an" : "a"} ${kind}`;
}
