/** Mistakes about when to try again and when to give up (contract, section 4). */
import { readingRetryAfter, taking } from "../hooks/answers.ts";
import { always, ignoring, withOptions } from "../hooks/options.ts";
import { drawing } from "../hooks/platform.ts";
import { withRequests } from "../hooks/requests.ts";
import { waitingAfter } from "../hooks/timers.ts";
import type { Mutant } from "../mutant.ts";

export const retryMutants: readonly Mutant[] = [
  {
    id: "backoff-without-jitter",
    does: "Waits exactly as long as every other client that failed at the same moment.",
    how: drawing(0.999_999),
    caughtBy: { "retry.backoff-jitter": /number of requests: expected 34 to 50, got 31/ },
  },
  {
    id: "backoff-without-growth",
    does: "Waits as long after the sixth failure as after the first.",
    how: always({ backoff: { baseMs: 1000, maxMs: 1000 } }),
    caughtBy: { "retry.backoff-grows": /step 11: number of requests: expected 3/ },
  },
  {
    id: "backoff-uncapped",
    does: "Doubles its waits beyond their limit.",
    how: always({ backoff: { baseMs: 1000, maxMs: 1e9 } }),
    caughtBy: { "retry.backoff-capped": /flush should be fulfilled, but is pending/ },
  },
  {
    id: "backoff-in-32-bits",
    does: "Doubles its waits in 32 bits, until they are less than nothing.",
    how: () => {
      let waits = 0;
      return {
        setTimeout: (run, delayMs, set) => set(run, delayMs > 2 ** 28 && ++waits > 1 ? 0 : delayMs),
      };
    },
    caughtBy: { "retry.backoff-longest": /flush should be pending, but is fulfilled/ },
  },
  {
    id: "waits-by-the-clock",
    does: "Waits until the clock shows a time, though clocks are set.",
    how: () => ({
      setTimeout(run, delayMs, set) {
        const dueMs = Date.now() + delayMs;
        const look = () => {
          if (Date.now() < dueMs) set(look, dueMs - Date.now());
          else run();
        };
        return set(look, delayMs);
      },
    }),
    caughtBy: { "retry.clock-set-back": /flush should be fulfilled, but is pending/ },
  },
  {
    id: "backoff-not-to-choose",
    does: "Ignores the backoff option.",
    how: ignoring("backoff"),
    caughtBy: { "retry.backoff-options": /step 4: number of requests: expected 1/ },
  },
  {
    id: "retries-for-ever",
    does: "Never gives up.",
    how: always({ maxRetries: 1000 }),
    caughtBy: {
      "flush.never-rejects": /first should be fulfilled, but is pending/,
      "retry-after.limit-unchanged": /flush should be fulfilled, but is pending/,
    },
  },
  {
    id: "retries-not-in-a-row",
    does: "Counts failures over the whole life of a client.",
    how: ({ options }) => {
      let failures = 0;
      return {
        async fetch(request, send) {
          if (failures > Number(options.maxRetries)) throw new Error("no more attempts");
          const answer = await send(request);
          if (answer.status >= 500) failures++;
          return answer;
        },
      };
    },
    caughtBy: { "exhausted.counts-consecutive": /number of requests: expected 6, got 3/ },
  },
  {
    id: "exhausted-is-dropped",
    does: "Throws a batch away when its retries have run out.",
    how: ({ options }) => {
      let failures = 0;
      const isLast = () => ++failures === Number(options.maxRetries) + 1;
      return taking((status) => status >= 500 && isLast(), 400)({ options });
    },
    caughtBy: { "exhausted.later-flush-delivers": /dropped\.rejected: not expected, got 1/ },
  },
  {
    id: "retry-after-ignored",
    does: "Goes by its own backoff though the server asked for a wait.",
    how: readingRetryAfter(() => null),
    caughtBy: {
      "retry-after.seconds": /flush should be pending, but is fulfilled/,
      "retry-after.any-case": /flush should be pending, but is fulfilled/,
    },
  },
  {
    id: "retry-after-without-jitter",
    does: "Comes back at the very moment that everybody was told.",
    how: drawing(0),
    caughtBy: { "retry-after.jitter": /number of requests: expected 11 to 12, got 13/ },
  },
  {
    id: "outage-probed-for-ever",
    does: "Tries as often after an hour of outage as after a minute.",
    how: () => ({ setTimeout: (run, delayMs, set) => set(run, Math.min(delayMs, 10_000)) }),
    caughtBy: { "exhausted.ever-rarer": /number of requests: expected 8 to 20, got \d\d/ },
  },
  {
    id: "outage-probed-by-calls",
    does: "Asks again in an outage as soon as enough calls have come in.",
    how: () => ({
      client: ({ track, flush }) => ({
        track(...args) {
          track(...args);
          void flush();
        },
      }),
    }),
    caughtBy: { "exhausted.busy-in-an-outage": /flush should be fulfilled, but is pending/ },
  },
  {
    id: "retry-after-in-milliseconds",
    does: "Takes delay-seconds for milliseconds.",
    how: readingRetryAfter((value) => String(Math.ceil(Number(value) / 1000))),
    caughtBy: { "retry-after.seconds": /flush should be pending, but is fulfilled/ },
  },
  {
    id: "retry-after-date-unknown",
    does: "Knows Retry-After in seconds only.",
    how: readingRetryAfter((value) => (/^\d+$/.test(value) ? value : null)),
    caughtBy: { "retry-after.date": /number of requests: expected 1, got 2/ },
  },
  {
    id: "retry-after-uncapped",
    does: "Lets a header silence it for a day.",
    how: waitingAfter((delayMs, { headers }) =>
      Math.max(delayMs, Number(headers.get("retry-after")) * 1000 || 0),
    ),
    caughtBy: { "retry-after.capped": /step 6: number of requests: expected 2, got 1/ },
  },
  {
    id: "retry-after-on-any-5xx",
    does: "Obeys Retry-After where it does not count.",
    how: taking((status) => status >= 500, 503),
    caughtBy: { "retry-after.elsewhere-ignored": /flush should be fulfilled, but is pending/ },
  },
  {
    id: "retry-after-cut-short",
    does: "Ends a wait that the server asked for when somebody flushes.",
    how: () => {
      let waiting: (() => void) | undefined;
      return {
        setTimeout(run, delayMs, set) {
          const once = () => {
            waiting = undefined;
            run();
          };
          if (delayMs > 10_000) waiting = once;
          return set(once, delayMs);
        },
        client: ({ flush }) => ({
          flush(options) {
            waiting?.();
            return flush(options);
          },
        }),
      };
    },
    caughtBy: { "retry-after.not-cut-short": /number of requests: expected 1, got 2/ },
  },
  {
    id: "no-timeout",
    does: "Waits for ever for an answer.",
    how: always({ requestTimeoutMs: 2_147_483_647 }),
    caughtBy: { "retry.timeout": /expected 2 requests, the API saw 1/ },
  },
  {
    id: "timeout-fixed",
    does: "Gives every request ten seconds, whatever the app says.",
    how: ignoring("requestTimeoutMs"),
    caughtBy: { "retry.timeout-option": /flush should be fulfilled, but is pending/ },
  },
  {
    id: "timed-out-request-left-open",
    does: "Starts the next attempt while the one it gave up still runs.",
    how: withRequests(({ signal: _, ...request }) => request),
    caughtBy: { "retry.timeout": /arrived while another was in flight/ },
  },
  {
    id: "retry-after-nothing",
    does: "Tries again at once, and again, when Retry-After says 0.",
    how: waitingAfter((delayMs, { headers }) => (headers.get("retry-after") === "0" ? 0 : delayMs)),
    caughtBy: { "retry-after.no-wait-at-all": /step 5: number of requests: expected 1, got 2/ },
  },
  {
    id: "one-retry-too-few",
    does: "Counts the first attempt as a retry.",
    how: withOptions((options) => ({ ...options, maxRetries: Number(options.maxRetries) - 1 })),
    caughtBy: { "flush.never-rejects": /number of requests: expected 3, got 2/ },
  },
  {
    id: "interval-ends-with-an-outage",
    does: "Waits for somebody to flush, once its retries have run out.",
    how: () => {
      let failed = false;
      return {
        fetch: (request, send) =>
          send(request).catch((error: unknown) => {
            failed = true;
            throw error;
          }),
        setTimeout: (run, delayMs, set) => set(failed && delayMs === 10_000 ? () => {} : run, delayMs),
      };
    },
    caughtBy: { "exhausted.interval-delivers": /expected 2 requests, the API saw 1/ },
  },
  {
    id: "retry-after-of-any-text",
    does: "Reads a number into whatever Retry-After says.",
    how: readingRetryAfter((value) => String(Math.abs(Number.parseInt(value, 10)) || 60)),
    caughtBy: { "retry-after.unparseable": /number of requests: expected 2, got 1/ },
  },
  {
    id: "attempts-twice",
    does: "Tries everything twice before it calls that a failure.",
    how: () => ({
      async fetch(request, send) {
        const answer = await send(request);
        return answer.status === 503 ? send(request) : answer;
      },
    }),
    caughtBy: { "field.calls-share-attempts": /number of requests: expected 2, got 4/ },
  },
  {
    id: "refusal-is-no-answer",
    does: "Counts on when a refusal comes between two failures.",
    how: ({ options }) => {
      let failures = 0;
      return {
        async fetch(request, send) {
          if (failures > Number(options.maxRetries)) throw new Error("no more attempts");
          const answer = await send(request);
          if (answer.status >= 500) failures++;
          else if (answer.ok) failures = 0;
          return answer;
        },
      };
    },
    caughtBy: { "exhausted.refusal-in-between": /number of requests: expected 5, got 3/ },
  },
];
