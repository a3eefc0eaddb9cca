/** Mistakes about when to try again and when to give up (contract, section 4). */
import type { Defect } from "./defect.ts";
import { answering, backoff, outcome, table, transport } from "./sources.ts";

export const retryDefects: readonly Defect[] = [
  {
    name: "backoff-without-jitter",
    breaks: "Waits exactly as long as every other client that failed at the same moment.",
    edits: [backoff("step * (0.5 + 0.5 * random)", "step")],
    caughtBy: { "retry.backoff-jitter": /number of requests: expected 34 to 50, got 31/ },
  },
  {
    name: "backoff-without-growth",
    breaks: "Waits as long after the sixth failure as after the first.",
    edits: [backoff("baseMs * 2 ** (failures - 1)", "baseMs")],
    caughtBy: { "retry.backoff-grows": /step 11: number of requests: expected 3/ },
  },
  {
    name: "backoff-uncapped",
    breaks: "Doubles its waits beyond their limit.",
    edits: [backoff("Math.min(maxMs, baseMs * 2 ** (failures - 1))", "baseMs * 2 ** (failures - 1)")],
    caughtBy: { "retry.backoff-capped": /flush should be fulfilled, but is pending/ },
  },
  {
    name: "backoff-not-to-choose",
    breaks: "Ignores the backoff option.",
    edits: [
      answering(
        "backoffDelayMs(failures, random, config.backoff)",
        "backoffDelayMs(failures, random, { baseMs: 1000, maxMs: 30_000 })",
      ),
    ],
    caughtBy: { "retry.backoff-options": /step 4: number of requests: expected 1/ },
  },
  {
    name: "retries-for-ever",
    breaks: "Never gives up.",
    edits: [answering("failures > config.maxRetries", "failures < 0")],
    caughtBy: { "flush.never-rejects": /first should be fulfilled, but is pending/ },
  },
  {
    name: "retries-not-in-a-row",
    breaks: "Counts failures over the whole life of a client.",
    edits: [
      answering("leave({ ...state, failures: 0 }, 0, state.inFlight)", "leave(state, 0, state.inFlight)"),
    ],
    caughtBy: { "exhausted.counts-consecutive": /number of requests: expected 6, got 3/ },
  },
  {
    name: "exhausted-is-dropped",
    breaks: "Throws a batch away when its retries have run out.",
    edits: [
      answering(
        "if (failures > config.maxRetries) {",
        'if (failures > config.maxRetries) {\n    return settled(state, { type: "drop", count: state.inFlight, reason: "rejected" }, config);',
      ),
    ],
    caughtBy: { "exhausted.later-flush-delivers": /dropped\.rejected: not expected, got 1/ },
  },
  {
    name: "retry-after-ignored",
    breaks: "Goes by its own backoff though the server asked for a wait.",
    edits: [outcome("afterMs: retryAfterMs(retryAfter, nowMs)", "afterMs: undefined")],
    caughtBy: { "retry-after.seconds": /flush should be pending, but is fulfilled/ },
  },
  {
    name: "retry-after-in-milliseconds",
    breaks: "Takes delay-seconds for milliseconds.",
    edits: [outcome("Number(text) * 1000", "Number(text)")],
    caughtBy: { "retry-after.seconds": /flush should be pending, but is fulfilled/ },
  },
  {
    name: "retry-after-date-unknown",
    breaks: "Knows Retry-After in seconds only.",
    edits: [outcome("parseHttpDateMs(text) - nowMs", "Number.NaN")],
    caughtBy: { "retry-after.date": /number of requests: expected 1, got 2/ },
  },
  {
    name: "retry-after-uncapped",
    breaks: "Lets a header silence it for a day.",
    edits: [outcome("Math.min(ms, MAX_RETRY_AFTER_MS)", "ms")],
    caughtBy: { "retry-after.capped": /step 6: number of requests: expected 2, got 1/ },
  },
  {
    name: "retry-after-on-any-5xx",
    breaks: "Obeys Retry-After where it does not count.",
    edits: [outcome("status === 429 || status === 503", "status === 429 || status >= 500")],
    caughtBy: { "retry-after.elsewhere-ignored": /flush should be fulfilled, but is pending/ },
  },
  {
    name: "retry-after-starts-anew",
    breaks: "Forgets how often it has failed whenever the server asks for a wait.",
    edits: [
      answering(
        "const failures = state.failures + 1;",
        "const failures = afterMs === undefined ? state.failures + 1 : 1;",
      ),
    ],
    caughtBy: { "retry-after.limit-unchanged": /flush should be fulfilled, but is pending/ },
  },
  {
    name: "retry-after-cut-short",
    breaks: "Ends a wait that the server asked for when somebody flushes.",
    edits: [
      table(
        "state.pending > 0 ? unchanged(join(state)) : nothingToWaitFor(state)",
        "state.pending > 0 ? send(join(state)) : nothingToWaitFor(state)",
      ),
    ],
    caughtBy: { "retry-after.not-cut-short": /number of requests: expected 1, got 2/ },
  },
  {
    name: "no-timeout",
    breaks: "Waits for ever for an answer.",
    edits: [transport("timers.set(giveUp, requestTimeoutMs)", "timers.set(() => {}, requestTimeoutMs)")],
    caughtBy: { "retry.timeout": /expected 2 requests, the API saw 1/ },
  },
  {
    name: "timeout-fixed",
    breaks: "Gives every request ten seconds, whatever the app says.",
    edits: [transport("timers.set(giveUp, requestTimeoutMs)", "timers.set(giveUp, 10_000)")],
    caughtBy: { "retry.timeout-option": /flush should be fulfilled, but is pending/ },
  },
  {
    name: "timed-out-request-left-open",
    breaks: "Starts the next attempt while the one it gave up still runs.",
    edits: [transport("controller.abort();", "")],
    caughtBy: { "retry.timeout": /arrived while another was in flight/ },
  },
  {
    name: "retry-after-nothing",
    breaks: "Tries again at once, and again, when Retry-After says 0.",
    edits: [outcome("return ms > 0 ?", "return ms >= 0 ?")],
    caughtBy: { "retry-after.no-wait-at-all": /step 5: number of requests: expected 1, got 2/ },
  },
  {
    name: "one-retry-too-few",
    breaks: "Counts the first attempt as a retry.",
    edits: [answering("failures > config.maxRetries", "failures >= config.maxRetries")],
    caughtBy: { "flush.never-rejects": /number of requests: expected 3, got 2/ },
  },
];
