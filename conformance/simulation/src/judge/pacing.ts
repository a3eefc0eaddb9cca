/** When a process may send again: never before a wait is over that the API asked for, or that follows a failure. */
import type { Answer } from "@whisperr/conformance/api/answer.ts";

/** The options that bound it. */
export interface PacingOptions {
  readonly backoff: { readonly baseMs: number; readonly maxMs: number };
}

export interface Pacing {
  /** Why nothing may be sent now, or undefined. */
  objection(elapsedMs: number): string | undefined;
  /** `wallMs`: what the process takes for the time of day. */
  answered(answer: Answer, elapsedMs: number, wallMs: number): void;
  /** No answer. */
  failed(elapsedMs: number): void;
  /** The app was told that the attempts are used up: whoever asks next starts anew. */
  gaveUp(): void;
  /** The app wants to end: computed waits may be cut short. */
  hurry(): void;
}

/** Contract, section 4. */
const MAX_RETRY_AFTER_MS = 60_000;
/** Of a computed wait, jitter may take this much away. */
const LEAST_OF_BACKOFF = 0.5;

export function createPacing({ backoff }: PacingOptions): Pacing {
  let failures = 0;
  let throttledUntilMs = 0;
  let backedOffUntilMs = 0;
  let hurries = false;

  function failed(elapsedMs: number): void {
    failures++;
    const step = Math.min(backoff.maxMs, backoff.baseMs * 2 ** (failures - 1));
    backedOffUntilMs = elapsedMs + Math.floor(step * LEAST_OF_BACKOFF);
  }

  function answered({ status, headers }: Answer, elapsedMs: number, wallMs: number): void {
    const isFailure = status < 200 || (status >= 300 && status < 400) || status === 429 || status >= 500;
    if (!isFailure) {
      failures = backedOffUntilMs = 0;
      return;
    }
    const waitMs = status === 429 || status === 503 ? retryAfterMs(headers["retry-after"] ?? "", wallMs) : 0;
    failed(elapsedMs);
    if (waitMs > 0) {
      throttledUntilMs = elapsedMs + waitMs;
      backedOffUntilMs = 0;
    }
  }

  return {
    objection(elapsedMs) {
      if (elapsedMs < throttledUntilMs)
        return `${throttledUntilMs - elapsedMs} ms before Retry-After is over`;
      if (elapsedMs < backedOffUntilMs && !hurries)
        return `${backedOffUntilMs - elapsedMs} ms before its backoff can be over`;
      return undefined;
    },
    answered,
    failed,
    gaveUp() {
      failures = backedOffUntilMs = 0;
    },
    hurry() {
      hurries = true;
    },
  };
}

function retryAfterMs(header: string, wallMs: number): number {
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - wallMs;
  return ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : 0;
}
