/** Hands errors to the app and keeps a throwing, re-entrant or missing `onError` from doing harm. */
import type { WhisperrError } from "./errors.ts";
import type { Ports } from "./ports.ts";
import { describeThrown } from "./refusal.ts";

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
  const redact = (text: string) => text.split(apiKey).join("wrk_…");

  function print(level: "debug" | "warn", message: string): void {
    try {
      ports.log(level, `[whisperr] ${redact(message)}`);
    } catch {
      // A broken console is not the app's problem either.
    }
  }

  function printDebug(message: string): void {
    if (debug) print("debug", message);
  }

  /** Nobody listens: say each kind of trouble once, rather than losing events in silence. */
  function warnOnce({ type, reason, message }: WhisperrError): void {
    const kind = reason ?? type;
    if (debug || warned.has(kind)) return;
    warned.add(kind);
    print("warn", `${message} Said once; onError gets all.`);
  }

  return {
    report(error) {
      const safe = { ...error, message: redact(error.message) };
      printDebug(`${safe.type}: ${safe.message}`);
      // An error caused by onError's own calls would come back to it for ever. The ledger still counts it.
      if (reporting) return;
      reporting = true;
      // Called at once; what it throws and what it rejects with end in the same place.
      new Promise((resolve) => resolve((onError ?? warnOnce)(safe))).catch((thrown: unknown) =>
        printDebug(`onError threw: ${describeThrown(thrown)}`),
      );
      reporting = false;
    },
    debug: printDebug,
  };
}
