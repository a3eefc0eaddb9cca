/** Hands errors to the app and keeps a throwing, re-entrant or missing `onError` from doing harm. */
import { attempt } from "../attempt.ts";
import type { WhisperrError } from "../errors.ts";
import { describeThrown, printable } from "../events/refusal.ts";
import type { EventRules } from "../events/schemas.ts";
import { timeOf } from "../host-numbers.ts";
import type { Ports } from "../ports.ts";
import { ONLY_ONCE } from "./sentences.ts";

/** Shorter ones are no keys, but placeholders of tests. */
const MIN_KEY_LENGTH = 8;

export interface Reporter {
  readonly apiKey: string;
  readonly debug: boolean;
  readonly onError: ((error: WhisperrError) => void) | undefined;
  readonly ports: Pick<Ports, "log" | "inContext" | "nowMs">;
  /** Kinds of trouble that were printed, for want of an `onError`. */
  readonly warned: Set<string>;
  /** What the app's `onError` is hearing now, while it runs. */
  reporting: WhisperrError | undefined;
  /** When the first report of this minute came. */
  sinceMs: number;
  /** The code that caused it still runs. */
  isFirst: boolean;
  /** Reports since then. */
  told: number;
  /** Operations of which the app has not heard, by reason. */
  readonly untold: { [reason: string]: number };
}

export interface ReporterOptions {
  readonly apiKey: string;
  readonly debug: boolean;
  readonly onError?: ((error: WhisperrError) => void) | null | undefined;
}

export function createReporter(
  { apiKey, debug, onError }: ReporterOptions,
  ports: Reporter["ports"],
): Reporter {
  return {
    apiKey,
    debug,
    onError: typeof onError === "function" ? onError : undefined,
    ports,
    warned: new Set(),
    reporting: undefined,
    sinceMs: Number.NaN,
    isFirst: false,
    told: 0,
    untold: Object.create(null),
  };
}

export function report(reporter: Reporter, error: WhisperrError): void {
  const safe = { ...error, message: shown(reporter, error.message) };
  printDebug(reporter, `${safe.type}: ${safe.message}`);
  // An error caused by onError's own calls would come back to it for ever. The books still count it.
  if (reporter.reporting) return;
  const { onError, debug, ports, untold } = reporter;
  const { type, reason = "" } = safe;
  const count = (safe.count ?? 0) + (untold[reason] ?? 0);
  // That delivery has stopped is always told: the network sets the pace of that.
  const isTold = !reason || mayTell(reporter);
  untold[reason] = isTold ? 0 : count;
  if (!isTold) return;
  const told = { ...safe, ...(count > 0 && { count }) };
  reporter.reporting = told;
  const failed = (thrown: unknown) => printDebug(reporter, `onError threw: ${describeThrown(thrown)}`);
  try {
    if (onError) Promise.resolve(ports.inContext(() => onError(told))).catch(failed);
    // Nobody listens: say each kind of trouble once, rather than losing events in silence.
    else if (!debug) warnOnce(reporter, reason || type, told.message + ONLY_ONCE);
  } catch (thrown) {
    failed(thrown);
  } finally {
    reporter.reporting = undefined;
  }
}

/**
 * An async `onError` may cause the same error by each of its own calls. No network slows such a loop down, and its host would do nothing
 * else. So a minute has a bound, which only a loop meets; reports that come in one go with the first of the minute are free. What is
 * beyond the bound is counted, and the next report of its kind says how many there were.
 */
export const MAX_TOLD = 5000;
/** Far longer than so many take on a slow device. */
const TOLD_MS = 60_000;

function mayTell(reporter: Reporter): boolean {
  const nowMs = timeOf(reporter.ports);
  if (!(Math.abs(nowMs - reporter.sinceMs) < TOLD_MS)) {
    reporter.sinceMs = nowMs;
    reporter.told = 0;
    reporter.isFirst = true;
    void Promise.resolve().then(() => {
      reporter.isFirst = false;
    });
  }
  return reporter.isFirst || ++reporter.told <= MAX_TOLD;
}

/** Prints what should be known, once of each kind. */
export function warnOnce(reporter: Reporter, kind: string, message: string): void {
  const { warned } = reporter;
  if (warned.has(kind)) return;
  warned.add(kind);
  print(reporter, "warn", message);
}

/** More of them are noise. */
const MAX_WARNINGS = 100;

/**
 * Who hears of what is wrong with calls that are sent all the same. What is left out of one, for a `reason`, is reported each time; the
 * rest is printed once. An event's name may be that of an error, and an app may make up names without end.
 */
export const warningsOf =
  (reporter: Reporter): EventRules["warn"] =>
  (event, message, reason) => {
    if (reason) report(reporter, { type: "dropped", reason, count: 0, message });
    else if (reporter.warned.size < MAX_WARNINGS) warnOnce(reporter, `event ${event}`, message);
  };

/** A line of diagnostics, printed when `debug` is on. */
export function printDebug(reporter: Reporter, message: string): void {
  if (reporter.debug) print(reporter, "debug", message);
}

function print(reporter: Reporter, level: "debug" | "warn", message: string): void {
  // A broken console is not the app's problem either.
  attempt(() => reporter.ports.log(level, `[whisperr] ${shown(reporter, message)}`));
}

/** A server may echo the key in its words. What is too short to be a key would garble every other word. */
function shown({ apiKey }: Reporter, text: string): string {
  // Before it is cut: half a key is no longer found.
  return printable(apiKey.length < MIN_KEY_LENGTH ? text : text.split(apiKey).join("wrk_…"));
}
