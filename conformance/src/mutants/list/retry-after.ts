/** Mistakes about reading `Retry-After` (contract, section 4). */
import { readingRetryAfter, withAnswers } from "../hooks/answers.ts";
import type { How, Mutant } from "../mutant.ts";

/** What an SDK makes of the header, as seconds; NaN: it is none. */
const asSeconds = (read: (value: string, status: number) => number): How =>
  readingRetryAfter((value, status) => {
    const seconds = read(value, status);
    return seconds >= 0 ? String(Math.ceil(seconds)) : null;
  });

const secondsUntil = (value: string) => (Date.parse(value) - Date.now()) / 1000;
const isInSeconds = (value: string) => /^\d+$/.test(value);

export const retryAfterMutants: readonly Mutant[] = [
  {
    id: "retry-after-any-number",
    does: "Takes everything for seconds that its language reads as a number: 50.5, +50, 0x32, 5e1.",
    how: asSeconds((value) => (value === "" ? Number.NaN : Number(value))),
    caughtBy: { "retry-after.no-whole-number": /f1 should be fulfilled, but is pending/ },
  },
  {
    id: "retry-after-number-in-front",
    does: "Takes the digits in front for seconds, whatever follows.",
    how: asSeconds((value) => Number.parseInt(value, 10)),
    caughtBy: {
      "retry-after.no-whole-number": /f2 should be fulfilled, but is pending/,
      "retry-after.no-http-date": /f1 should be fulfilled, but is pending/,
    },
  },
  {
    id: "retry-after-any-date",
    does: "Takes everything for a date that its language reads as one.",
    how: asSeconds((value) => (isInSeconds(value) ? Number(value) : secondsUntil(value))),
    caughtBy: { "retry-after.no-http-date": /f2 should be fulfilled, but is pending/ },
  },
  {
    id: "retry-after-empty-is-at-once",
    does: "Tries again at once where it cannot read for how long to wait.",
    how: () => {
      let isUnreadable = false;
      return {
        async fetch(request, send) {
          const answer = await send(request);
          const value = answer.headers.get("retry-after");
          isUnreadable = value !== null && !isInSeconds(value) && Number.isNaN(Date.parse(value));
          return answer;
        },
        setTimeout: (run, delayMs, set) => set(run, isUnreadable && delayMs <= 1000 ? 0 : delayMs),
      };
    },
    caughtBy: {
      "retry-after.no-whole-number": /number of requests: expected \d, got \d/,
      "retry-after.no-http-date": /number of requests: expected \d, got \d/,
    },
  },
  {
    id: "retry-after-of-429-only",
    does: "Reads the header on 429 alone.",
    how: readingRetryAfter((value, status) => (status === 429 ? value : null)),
    caughtBy: { "retry-after.either-status": /step 4: number of requests: expected 1, got 2/ },
  },
  {
    id: "retry-after-dates-on-503-only",
    does: "Reads a date on 503 alone.",
    how: readingRetryAfter((value, status) => (status === 503 || isInSeconds(value) ? value : null)),
    caughtBy: { "retry-after.either-status": /step 8: number of requests: expected 2, got 3/ },
  },
  {
    id: "retry-after-newest-date-only",
    does: "Knows one of the three forms of a date.",
    how: readingRetryAfter((value) => (isInSeconds(value) || /^[A-Z][a-z]{2}, /.test(value) ? value : null)),
    caughtBy: { "retry-after.obsolete-dates": /step 4: number of requests: expected 1, got 3/ },
  },
  {
    id: "retry-after-date-is-local",
    does: "Takes a date without a zone for local time.",
    how: readingRetryAfter((value) =>
      value.endsWith("GMT") || isInSeconds(value) ? value : new Date(value).toUTCString(),
    ),
    caughtBy: { "retry-after.obsolete-dates": /step 8: number of requests: expected 2, got 3/ },
  },
  {
    id: "retry-after-wraps",
    does: "Counts milliseconds in 32 bits, so that a long wait becomes a short one.",
    how: asSeconds((value) =>
      isInSeconds(value) ? ((Number(value) * 1000) | 0) / 1000 : secondsUntil(value),
    ),
    caughtBy: { "retry-after.beyond-integers": /step 4: number of requests: expected 1, got 4/ },
  },
  {
    id: "retry-after-unreadable-when-huge",
    does: "Gives up on a number that its integers cannot hold.",
    how: readingRetryAfter((value) => (value.length > 18 && isInSeconds(value) ? null : value)),
    caughtBy: { "retry-after.beyond-integers": /step 4: number of requests: expected 1, got 2/ },
  },
  {
    id: "retry-after-forgotten-with-the-attempts",
    does: "Forgets what the server asked for when the attempts are used up.",
    how: ({ options }) => {
      let failures = 0;
      const hidden = withAnswers((answer) => {
        failures = answer.status < 300 ? 0 : failures + 1;
        if (failures <= Number(options.maxRetries)) return answer;
        return Object.defineProperty(answer, "headers", { value: new Headers() });
      });
      return hidden({ options });
    },
    caughtBy: { "retry-after.outlives-the-attempts": /number of requests: expected 1, got 3/ },
  },
];
