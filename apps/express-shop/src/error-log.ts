/**
 * What `onError` heard, counted and with the latest few kept for reading. Yours would log and raise a metric; the
 * point is to look at `type` and `reason`, both stable, and never to parse `message`.
 */
import type { WhisperrError } from "@whisperr/node";

/** Enough to see a pattern in /_stats; an error storm must not become a memory leak. */
const KEPT = 20;

export interface ErrorSummary {
  /** How many per `type` or `type:reason`, such as "dropped:invalid_event_type". */
  readonly counts: Readonly<Record<string, number>>;
  readonly latest: readonly string[];
}

export interface ErrorLog {
  add(error: WhisperrError): void;
  summary(): ErrorSummary;
}

export function createErrorLog(): ErrorLog {
  const counts: Record<string, number> = {};
  const latest: string[] = [];
  return {
    add(error) {
      const name = error.reason ? `${error.type}:${error.reason}` : error.type;
      counts[name] = (counts[name] ?? 0) + (error.count ?? 1);
      latest.push(error.message);
      if (latest.length > KEPT) latest.shift();
    },
    summary: () => ({ counts: { ...counts }, latest: [...latest] }),
  };
}
