/** Mistakes about what is sent, where to and when: addresses, headers, times, flushAt, waits (contract, sections 1, 2, 4 and 5). */
import { taking, withAnswers, withBody } from "../hooks/answers.ts";
import { withOptions } from "../hooks/options.ts";
import { withClock } from "../hooks/platform.ts";
import { withReports } from "../hooks/reports.ts";
import { idsOf, isIdentify, withEachEvent, withRequests } from "../hooks/requests.ts";
import { withTimers } from "../hooks/timers.ts";
import type { Mutant } from "../mutant.ts";

const LONGEST_TIMER_MS = 2_147_483_647;

export const sendingMutants: readonly Mutant[] = [
  {
    id: "path-of-base-url-lost",
    does: "Looks for the endpoints at the root of the server, wherever baseUrl points.",
    how: withRequests((request) => {
      const { origin, pathname } = new URL(request.url);
      return { ...request, url: origin + pathname.slice(pathname.indexOf("/v1/")) };
    }),
    caughtBy: { "event.base-url-with-path": /status: expected 202, got 404/ },
  },
  {
    id: "identify-is-plain-text",
    does: "Forgets the content type of an identify.",
    how: withRequests((request) => {
      if (!isIdentify(request)) return request;
      return { ...request, headers: { ...request.headers, "content-type": "text/plain" } };
    }),
    caughtBy: { "event.headers-of-every-request": /request #0 headers\.content-type: expected/ },
  },
  {
    id: "next-attempt-without-key",
    does: "Leaves the key out of every attempt after the first.",
    how: () => {
      const tried = new Set<string>();
      return {
        fetch(request, send) {
          const isAgain = tried.has(request.body);
          tried.add(request.body);
          const { "x-api-key": key = "", ...others } = request.headers;
          return send({ ...request, headers: isAgain ? others : { ...others, "x-api-key": key } });
        },
      };
    },
    caughtBy: { "event.headers-of-every-request": /request #2 headers\.x-api-key: missing/ },
  },
  {
    id: "time-without-zeros",
    does: "Writes the parts of a time without zeros in front.",
    how: withEachEvent(() => (event) => ({
      ...event,
      occurred_at: event.occurred_at.replace(/([-T:.])0+(?=\d)/g, "$1"),
    })),
    caughtBy: {
      "event.occurred-at-padded": /expected "2027-01-02T03:04:04\.006Z", got "2027-1-2T3:4:4\.6Z"/,
    },
  },
  {
    id: "time-since-the-start",
    does: "Asks the clock once, and counts on by a clock that sleeps with the device.",
    how: (life) => {
      const startMs = Date.now();
      return withClock(() => startMs)(life);
    },
    caughtBy: {
      "event.occurred-at-padded": /expected "2027-01-02T03:04:04\.006Z", got "2026-06-14T12:00:00\.999Z"/,
    },
  },
  {
    id: "flush-at-counts-on",
    does: "Starts a flush with every call once flushAt has been reached.",
    how: ({ options }) => {
      let calls = 0;
      return {
        client: ({ track, flush }) => ({
          track(...args) {
            track(...args);
            if (++calls >= Number(options.flushAt)) void flush();
          },
        }),
      };
    },
    caughtBy: { "flush.at-again": /step 5: number of requests: expected 1, got 2/ },
  },
  {
    id: "flush-at-lost-during-a-request",
    does: "Forgets that flushAt was reached while a request was under way.",
    how: ({ options }) => {
      let calls = 0;
      let underWay = 0;
      return {
        options: (given) => ({ ...given, flushAt: 1000 }),
        fetch(request, send) {
          underWay++;
          return send(request).finally(() => underWay--);
        },
        client: ({ track, flush }) => ({
          track(...args) {
            track(...args);
            if (++calls % Number(options.flushAt) === 0 && underWay === 0) void flush();
          },
        }),
      };
    },
    caughtBy: { "flush.at-meanwhile": /stored types: expected 4 items, got 2/ },
  },
  {
    id: "request-not-in-the-books",
    does: "Leaves what a request carries out of its books until the answer is there.",
    how: () => {
      let carried = 0;
      return {
        fetch(request, send) {
          const { length } = idsOf(request);
          carried += length;
          return send(request).finally(() => {
            carried -= length;
          });
        },
        client: ({ stats }) => ({
          stats() {
            const figures = stats();
            return { ...figures, pending: figures.pending - carried };
          },
        }),
      };
    },
    caughtBy: { "flush.books-meanwhile": /step 5: stats\.pending: expected 2, got 0/ },
  },
  {
    id: "backoff-never-starts-over",
    does: "Goes on doubling its waits after a success.",
    how: () => {
      let failures = 0;
      let isComputed = false;
      return {
        async fetch(request, send) {
          const answer = await send(request);
          isComputed = answer.status >= 500 && answer.headers.get("retry-after") === null;
          if (answer.status >= 500) failures++;
          return answer;
        },
        setTimeout: (run, delayMs, set) =>
          set(run, isComputed && delayMs <= 1000 ? 500 * 2 ** failures : delayMs),
      };
    },
    caughtBy: { "retry.backoff-starts-over": /flush should be fulfilled, but is pending/ },
  },
  {
    id: "attempts-used-up-for-good",
    does: "Makes a single attempt in each flush after the attempts were used up once.",
    how: ({ options }) => {
      let failures = 0;
      return {
        async fetch(request, send) {
          const most = Number(options.maxRetries) + 1;
          if (failures > most) throw new Error("used up");
          const answer = await send(request);
          failures = answer.status < 500 ? 0 : failures + 1;
          return answer;
        },
      };
    },
    caughtBy: { "exhausted.flush-starts-over": /number of requests: expected 5, got 4/ },
  },
  {
    id: "no-answer-is-status-0",
    does: "Reports a status where nobody answered.",
    how: withReports((error) => ({ status: 0, ...error })),
    caughtBy: { "retry.nobody-there": /status: expected no such key, got 0/ },
  },
  {
    id: "odd-bodies-fail",
    does: "Falls over a body that is not what it expects, and loses the status.",
    how: withAnswers(async (answer) => {
      if (answer.status < 500) return answer;
      const { error } = JSON.parse(await answer.clone().text()) as { error: { message: string } };
      error.message.trim();
      return answer;
    }),
    caughtBy: { "exhausted.odd-error-bodies": /errors\[0\]\.status: missing, expected 500/ },
  },
  {
    id: "first-piece-only",
    does: "Reads the first piece of an answer, and takes it for the whole.",
    how: withAnswers((answer) =>
      answer.status < 500 ? answer : withBody(answer, (text) => text.slice(0, 9)),
    ),
    caughtBy: { "exhausted.words-in-pieces": /message: expected \/overloaded/ },
  },
  {
    id: "large-identify-tried-again",
    does: "Tries an identify again that is too large.",
    how: taking((status, request) => status === 413 && isIdentify(request), 500),
    caughtBy: { "too-large.identify": /flush should be fulfilled, but is pending/ },
  },
  {
    id: "times-in-32-bits",
    does: "Takes a time that no timer can hold, and cuts it to nothing.",
    how: withOptions((options) =>
      Object.fromEntries(
        Object.entries(options).map(([name, value]) => [name, Number(value) > LONGEST_TIMER_MS ? 1 : value]),
      ),
    ),
    caughtBy: {
      "creation.interval-beyond-timers": /creation error: expected \/flushIntervalMs\/, got nothing/,
      "creation.timeout-beyond-timers": /creation error: expected \/requestTimeoutMs\/, got nothing/,
    },
  },
  {
    id: "longest-timer-overflows",
    does: "Adds a little to every time, which makes the longest one too long.",
    how: withTimers((run, delayMs, set) => set(run, delayMs + 1 > LONGEST_TIMER_MS ? 1 : delayMs)),
    // On a busy machine its requests are over before they are answered, and it never comes to rest.
    caughtBy: {
      "creation.longest-timers":
        /step 3: number of requests: expected 0, got \d|nothing settles|due again and again/,
    },
  },
  {
    id: "backoff-keeps-the-process",
    does: "Holds the process with the wait between two attempts.",
    how: withTimers((run, delayMs, set) => {
      const timer = set(run, delayMs) as NodeJS.Timeout;
      return delayMs > 10_000 ? Object.assign(timer, { unref: () => timer }) : timer;
    }),
    caughtBy: { "exit.backoff-does-not-hold": /ms until the process ended: expected 0 to 4500/ },
  },
];
