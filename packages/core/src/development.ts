/**
 * What is checked, and the words for it, as far as a development build has more of both than a production build, which has
 * `production.ts` in the place of this file, with the same exports.
 */
import { attempt, jsonObject } from "./attempt.ts";
import type { DropReason } from "./errors.ts";
import { asRefusal, misuse, printable, quote, Refusal } from "./events/refusal.ts";
import { refuseLaterAnswers } from "./events/schemas.ts";
import { numberOf } from "./host-numbers.ts";
import type { Answer } from "./http/exchange.ts";
import type { WhisperrOptions } from "./options.ts";
import type { ResolvedOptions } from "./resolve-options.ts";
import { isTestRun } from "./test-run.ts";
import { type Names, nearestName, unknownNames } from "./unknown-names.ts";

/** In words, or what it may be. */
type Rule = string | readonly unknown[];

/** Throws an Error unless an option `fits`: `maxRetries must be a whole number from 0 to 1000 (got NaN)`. */
export function mustBe(fits: unknown, what: string, rule: string, value: unknown): asserts fits {
  if (!fits) throw misuse(rejection(what, rule, value), what);
}

/** Throws a Refusal unless what a call was given `fits`. */
export function mustFit(
  fits: unknown,
  reason: DropReason,
  what: string,
  rule: Rule,
  value: unknown,
): asserts fits {
  if (!fits) throw new Refusal(reason, rejection(what, rule, value));
}

/** Text is never shown, for it may be the key in a wrong place. */
const rejection = (what: string, rule: Rule, value: unknown) =>
  `${what} must be ${typeof rule === "string" ? rule : rule.join(" or ")} (got ${described(value)})`;

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
export function checkChoice<Name extends string>(
  options: { readonly [name in Name]?: unknown },
  name: Name,
  choices: readonly string[],
): void {
  const value = options[name] ?? undefined;
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

/**
 * Says of each name in `given` that `known` has no such name, and which one is meant. `of`: the call that got it. `elsewhere`: what to
 * write where no known name is like it; by default the known names, where they are few.
 *
 * A production build leaves the whole call out, and the table with it: so a table is written at its call, or beside a type.
 */
export function checkNames(
  given: unknown,
  known: Names<object>,
  of: string,
  say: SayName | undefined,
  elsewhere?: (name: string) => string,
): void {
  attempt(() => {
    if (typeof given === "number") say?.("", `${of} takes an object of options, not ${given}.`);
    for (const name of unknownNames(given, known)) {
      const names = Object.keys(known);
      const text = printable(name);
      const all = names.length > MAX_LISTED ? "" : names.join(" or ");
      const fix = nearestName(name, names) ?? elsewhere?.(text) ?? all;
      say?.(name, `${of} has no option ${quote(text)}${fix && `: write ${fix}`}.`);
    }
    // A getter or a proxy that throws where nobody would have looked, or what a page has broken: then nothing is said.
  });
}

/** Says of a `timeoutMs` that is no number how long the `call` that got it waits. */
export function checkDeadline(given: unknown, call: string, say: SayName): void {
  const timeoutMs = numberOf(
    () => (given as { readonly timeoutMs?: unknown } | undefined)?.timeoutMs ?? Infinity,
  );
  // NaN is not.
  if (!(timeoutMs <= Infinity))
    say("timeoutMs", `${call} got a timeoutMs that is no number: 10,000 is taken.`);
}

const MAX_LISTED = 4;

/** Hears a sentence about a name, without the SDK's own in front. */
export type SayName = (name: string, message: string) => void;

const BACKOFF_NAMES: Names<NonNullable<WhisperrOptions["backoff"]>> = { baseMs: true, maxMs: true };

/** The same for an object of options and its `backoff`, on the console. */
export function checkOptionNames(
  options: unknown,
  known: Names<object>,
  of: string,
  say: (message: string) => void,
): void {
  const warn: SayName = (_, message) => say(`[whisperr] ${message}`);
  checkNames(options, known, of, warn);
  checkNames((options as WhisperrOptions | undefined)?.backoff, BACKOFF_NAMES, "backoff", warn);
}

/**
 * Throws unless `events` and `traits` are schemas that answer at once, and the rest is one of the words for what becomes of what they
 * refuse. A schema that answers later only when properties fit has its events dropped, each with a report.
 */
export function checkSchemas(options: WhisperrOptions): void {
  checkSchemaOptions(options);
  refuseLaterAnswers(options);
}

/** The same, but for when they answer. */
export function checkSchemaOptions(options: WhisperrOptions): void {
  const { events, traits } = options;
  checkChoice(options, "unknownEvents", ["allow", "warn", "drop"]);
  checkChoice(options, "invalidEvents", ["drop", "warn", "send"]);
  // A list or a Map of schemas would be spread to none.
  const schemas: unknown = events ?? {};
  const isByName = typeof schemas === "object" && !(Symbol.iterator in Object(schemas));
  mustBe(isByName, "events", "an object of schemas by name", events);
  for (const [name, schema] of Object.entries({ ...events, traits: traits ?? undefined })) {
    const what = `the schema of ${name}`;
    const fits = schema === undefined || typeof schema?.["~standard"]?.validate === "function";
    mustBe(fits, what, "one of zod 4, valibot 1, arktype 2 or another Standard Schema", schema);
  }
}

/**
 * Says that a client of a test run would send to production, and what to write `instead`: test runners set variables. `said`: what need
 * not be said again.
 */
export function checkTestRun(
  { baseUrl }: Pick<ResolvedOptions, "baseUrl">,
  { fetch }: WhisperrOptions,
  variable: (name: string) => string | undefined,
  instead: string,
  said: Set<string>,
  say: (message: string) => void,
): void {
  if (!isTestRun(variable) || fetch || baseUrl !== "https://api.whisperr.net" || said.has(instead)) return;
  said.add(instead);
  say(`[whisperr] This is a test run, and this client sends to ${baseUrl}: write ${instead}.`);
}

/** Throws: the option `context` could not be read, and why. */
export function refuseContext(thrown: unknown): void {
  throw misuse(asRefusal(thrown, "context").message, "context");
}

/** Of how many among `count` operations an answer says nothing, for `debug`; one that says nothing at all needs no words. */
export function unmentioned({ body }: Answer, count: number): string {
  const { accepted, rejected } = jsonObject(body) as { readonly [name: string]: unknown };
  const left = count - Number(accepted) - Number(rejected);
  return left > 0 ? `, nothing of ${left} of them` : "";
}

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
