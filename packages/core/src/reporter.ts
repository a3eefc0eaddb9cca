/** Hands errors to the app and keeps a throwing, re-entrant or missing `onError` from doing harm. */
import type { WhisperrError } from "./errors.ts";
import { describeThrown, ignoreRejection } from "./json.ts";
import type { Ports } from "./ports.ts";

export interface ReporterOptions {
  readonly apiKey: string;
  readonly debug: boolean;
  readonly onError?: ((error: WhisperrError) => void) | undefined;
}

export interface Reporter {
  report(error: WhisperrError): void;
  /** A line of diagnostics, printed when `debug` is on. */
  debug(message: string): void;
}

export function createReporter({ apiKey, debug, onError }: ReporterOptions, ports: Ports): Reporter {
  const warned = new Set<string>();
  let reporting = false;

  // A server may echo the key in its error text.
  const redact = (text: string) => (apiKey === "" ? text : text.split(apiKey).join("wrk_…"));

  function print(level: "debug" | "warn", message: string): void {
    try {
      ports.log(level, `[whisperr] ${redact(message)}`);
    } catch {
      // A broken console is not the app's problem either.
    }
  }

  /** Nobody listens: say each kind of trouble once, rather than losing events in silence. */
  function warnOnce({ type, reason, message }: WhisperrError): void {
    const kind = reason ?? type;
    if (warned.has(kind)) return;
    warned.add(kind);
    print("warn", `${message} Further errors of this kind are not printed; pass onError to see all.`);
  }

  return {
    report(error) {
      const safe = { ...error, message: redact(error.message) };
      if (debug) print("debug", `${safe.type}: ${safe.message}`);
      if (onError === undefined) return debug ? undefined : warnOnce(safe);
      // An error caused by onError's own calls would come back to it for ever. The ledger still counts it.
      if (reporting) return;
      reporting = true;
      const onThrown = (thrown: unknown) =>
        debug && print("debug", `onError threw: ${describeThrown(thrown)}`);
      try {
        ignoreRejection(onError(safe) as unknown, onThrown);
      } catch (thrown) {
        onThrown(thrown);
      } finally {
        reporting = false;
      }
    },
    debug(message) {
      if (debug) print("debug", message);
    },
  };
}
