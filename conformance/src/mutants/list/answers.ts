/** Mistakes about what an answer means (contract, section 4). */
import { answered, taking, withAnswers, withBody } from "../hooks/answers.ts";
import { withReports } from "../hooks/reports.ts";
import { eventsOf, isIdentify, withEvents, withRequests } from "../hooks/requests.ts";
import type { Mutant } from "../mutant.ts";

export const answerMutants: readonly Mutant[] = [
  {
    id: "only-202-is-success",
    does: "Takes the one status it knows for success, so that other 2xx are tried again.",
    how: taking((status) => status >= 200 && status < 300 && status !== 202, 500),
    caughtBy: {
      "answer.any-2xx": /sends 1 events again that request #0 acknowledged/,
      "answer.2xx-identify": /stats\.delivered: expected 1, got 0/,
    },
  },
  {
    id: "broken-body-is-failure",
    does: "Sends a batch again because the body of its 202 broke off.",
    how: withAnswers((answer) => withBody(answer, (text) => text)),
    caughtBy: { "answer.body-cut-off": /expected 1 requests, the API saw 2/ },
  },
  {
    id: "stalled-body-waited-for",
    does: "Stops the clock of a request at the status, and waits for ever for a body that never ends.",
    how: ({ options }) => {
      const { requestTimeoutMs = 10_000 } = options;
      let timer: unknown;
      return {
        setTimeout(run, delayMs, set) {
          const handle = set(run, delayMs);
          if (delayMs === requestTimeoutMs) timer = handle;
          return handle;
        },
        async fetch(request, send) {
          const answer = await send(request);
          clearTimeout(timer as number);
          return answer;
        },
      };
    },
    caughtBy: { "answer.body-stalls": /flush should be fulfilled, but is pending/ },
  },
  {
    id: "reads-to-the-end",
    does: "Reads an answer to its end, however much comes.",
    on: ["node", "browser"],
    how: withAnswers((answer) => withBody(answer, (text) => text)),
    caughtBy: { "answer.body-without-end": /nothing settles/ },
  },
  {
    id: "rejected-ignored",
    does: "Does not read how many events of a batch a 202 counts as rejected.",
    how: withAnswers((answer) => withBody(answer, (text) => text.replace(/"rejected":\d+/, '"rejected":0'))),
    caughtBy: { "answer.rejected-count": /rejected_by_server: missing, expected 2/ },
  },
  {
    id: "drop-on-401",
    does: "Throws away what a refused key could not deliver.",
    on: ["node", "deno", "edge", "browser"],
    how: taking(401, 400),
    caughtBy: { "auth.stop-and-keep": /expected "auth", got "dropped"/ },
  },
  {
    id: "drop-on-403",
    does: "Throws away what a revoked key could not deliver.",
    how: taking(403, 400),
    caughtBy: { "limits.queue-full-burst": /dropped\.rejected: not expected, got 1/ },
  },
  {
    id: "refused-key-not-stopping",
    does: "Asks again with a refused key as soon as enough calls have come in.",
    how: () => {
      let refused = false;
      return {
        async fetch(request, send) {
          const answer = await send(request);
          refused = answer.status === 401;
          return answer;
        },
        client: ({ track, flush }) => ({
          track(...args) {
            track(...args);
            if (refused) void flush();
          },
        }),
      };
    },
    caughtBy: { "auth.stop-and-keep": /expected 1 requests, the API saw 4/ },
  },
  {
    id: "refused-key-for-ever",
    does: "Never tries again after a refused key.",
    how: () => {
      let refused = false;
      return {
        async fetch(request, send) {
          const answer = refused ? answered(401) : await send(request);
          refused = answer.status === 401 || answer.status === 403;
          return answer;
        },
      };
    },
    caughtBy: {
      "auth.flush-resumes": /expected 4 requests, the API saw 1/,
      "auth.interval-resumes": /expected 2 requests, the API saw 1/,
    },
  },
  {
    id: "retry-on-400",
    does: "Tries a request again that the server refused for good.",
    how: taking(400, 503),
    caughtBy: { "drop.any-4xx": /number of requests: expected 8, got 1\d/ },
  },
  {
    id: "drop-on-408",
    does: "Takes 408 and 425 for two of the 4xx that drop.",
    how: taking((status) => status === 408 || status === 425, 400),
    caughtBy: { "retry.408-425": /expected 3 requests, the API saw 1/ },
  },
  {
    id: "page-is-success",
    does: "Takes a page for people for delivery, because its status is 2xx.",
    how: withAnswers((answer) => (answer.ok ? answered(answer.status) : answer)),
    caughtBy: {
      "page.is-no-answer": /expected 3 requests, the API saw 1/,
      "page.message-names-base-url": /stats\.delivered: expected 0, got 1/,
    },
  },
  {
    id: "drop-on-429",
    does: "Takes 429 for one of the 4xx that drop.",
    how: taking(429, 400),
    caughtBy: { "retry.statuses": /expected 7 requests, the API saw 1/, "retry-after.seconds": /"dropped"/ },
  },
  {
    id: "drop-on-502",
    does: "Drops what a broken gateway answered for.",
    how: taking(502, 400),
    caughtBy: { "retry.statuses": /expected 7 requests, the API saw 3/ },
  },
  {
    id: "follows-redirects",
    does: "Follows a redirect, and takes the key along.",
    how: withRequests((request) => ({ ...request, redirect: "follow" })),
    caughtBy: {
      "redirect.not-followed": /the key leaked: .*x-api-key/,
      "redirect.same-origin": /expected 1 requests, the API saw 2/,
    },
  },
  {
    id: "redirect-unexplained",
    does: "Says of a redirect only that delivery failed.",
    how: withReports((error) => ({ ...error, message: "Delivery failed." })),
    caughtBy: { "redirect.message-names-base-url": /message: expected \/baseUrl\// },
  },
  {
    id: "server-words-lost",
    does: "Keeps to itself what the server said about a failure.",
    how: withAnswers((answer) => withBody(answer, (text) => (answer.ok ? text : ""))),
    caughtBy: {
      "exhausted.error-text": /message: expected \/overloaded/,
      "drop.identify": /message: expected \/invalid_address/,
    },
  },
  {
    id: "rejected-believed",
    does: "Believes a server that rejects more events than it was sent.",
    how: withReports((error) => (error.reason === "rejected_by_server" ? { ...error, count: 7 } : error)),
    caughtBy: { "answer.rejected-nonsense": /count: expected 1, got 7/ },
  },
  {
    id: "redirect-is-success",
    does: "Takes 3xx for success.",
    how: taking((status) => status >= 300 && status < 400, 200),
    caughtBy: { "redirect.other-3xx": /expected 3 requests, the API saw 1/ },
  },
  {
    id: "no-answer-is-refusal",
    does: "Drops what got no answer that makes sense.",
    how: () => ({ fetch: (request, send) => send(request).catch(() => answered(400)) }),
    caughtBy: {
      "retry.network-errors": /expected 5 requests, the API saw 1/,
      "redirect.informational": /expected 3 requests, the API saw 1/,
    },
  },
  {
    id: "too-old-left-out",
    does: "Leaves out events that the server would reject as too old, without a word.",
    how: withRequests((request) => {
      const young = eventsOf(request).filter(
        ({ occurred_at }) => Date.now() - Date.parse(occurred_at) < 30 * 86_400_000,
      );
      return isIdentify(request) ? request : withEvents(request, young);
    }),
    caughtBy: { "answer.rejected-by-the-window": /types: expected 2 items, got 1/ },
  },
];
