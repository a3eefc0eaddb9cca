/** Mistakes about what an answer means (contract, section 4). */
import type { Defect } from "./defect.ts";
import { errors, outcome, table, transport } from "./sources.ts";

export const answerDefects: readonly Defect[] = [
  {
    name: "only-202-is-success",
    breaks: "Takes the one status it knows for success, so that other 2xx are tried again.",
    edits: [outcome("status >= 200 && status < 300", "status === 202")],
    caughtBy: {
      "answer.any-2xx": /sends 1 events again that #0 acknowledged/,
      "answer.2xx-identify": /stats\.delivered: expected 1, got 0/,
    },
  },
  {
    name: "broken-body-is-failure",
    breaks: "Sends a batch again because the body of its 202 broke off.",
    edits: [transport("await textOf(() => readText(response))", "await readText(response)")],
    caughtBy: { "answer.body-cut-off": /expected 1 requests, the API saw 2/ },
  },
  {
    name: "stalled-body-waited-for",
    breaks: "Stops the clock of a request at the status, and waits for ever for a body that never ends.",
    edits: [
      transport(
        'verdict = { status: response.status, body: "", retryAfter: "" };',
        'verdict = { status: response.status, body: "", retryAfter: "" };\n      timers.clear(timer);',
      ),
    ],
    caughtBy: { "answer.body-stalls": /flush should be fulfilled, but is pending/ },
  },
  {
    name: "rejected-ignored",
    breaks: "Does not read how many events of a batch a 202 counts as rejected.",
    edits: [outcome("rejected: rejectedCount(body, count)", "rejected: 0")],
    caughtBy: { "answer.rejected-count": /rejected_by_server: missing, expected 2/ },
  },
  {
    name: "drop-on-401",
    breaks: "Throws away what a refused key could not deliver.",
    edits: [outcome("status === 401 || status === 403", "status === 403")],
    caughtBy: { "auth.stop-and-keep": /expected "auth", got "dropped"/ },
  },
  {
    name: "drop-on-403",
    breaks: "Throws away what a revoked key could not deliver.",
    edits: [outcome("status === 401 || status === 403", "status === 401")],
    caughtBy: { "limits.queue-full-burst": /dropped\.rejected: not expected, got 1/ },
  },
  {
    name: "refused-key-not-stopping",
    breaks: "Asks again with a refused key as soon as enough calls have come in.",
    edits: [table("held: resting,", "held: { ...resting, appended: appendWhileIdle },")],
    caughtBy: { "auth.stop-and-keep": /expected 1 requests, the API saw 2/ },
  },
  {
    name: "refused-key-for-ever",
    breaks: "Never tries again after a refused key.",
    edits: [table("held: resting,", "held: { ...otherwise, flushRequested: nothingToWaitFor },")],
    caughtBy: {
      "auth.flush-resumes": /expected 4 requests, the API saw 1/,
      "auth.interval-resumes": /expected 2 requests, the API saw 1/,
    },
  },
  {
    name: "retry-on-400",
    breaks: "Tries a request again that the server refused for good.",
    edits: [outcome("status >= 400 && status < 500", "status > 400 && status < 500")],
    caughtBy: { "drop.any-4xx": /number of requests: expected 8, got 1\d/ },
  },
  {
    name: "drop-on-429",
    breaks: "Takes 429 for one of the 4xx that drop.",
    edits: [outcome("status === 429 || status === 503", "status === 503")],
    caughtBy: { "retry.statuses": /expected 7 requests, the API saw 1/, "retry-after.seconds": /"dropped"/ },
  },
  {
    name: "drop-on-502",
    breaks: "Drops what a broken gateway answered for.",
    edits: [outcome("status >= 400 && status < 500", "status >= 400 && status < 503 && status !== 500")],
    caughtBy: { "retry.statuses": /expected 7 requests, the API saw 3/ },
  },
  {
    name: "follows-redirects",
    breaks: "Follows a redirect, and takes the key along.",
    edits: [transport('redirect: "manual"', 'redirect: "follow"')],
    caughtBy: { "redirect.not-followed": /the key leaked: .*x-api-key/ },
  },
  {
    name: "redirect-unexplained",
    breaks: "Says of a redirect only that delivery failed.",
    edits: [errors('": a redirect, check baseUrl"', '""')],
    caughtBy: { "redirect.message-names-base-url": /message: expected \/baseUrl\// },
  },
  {
    name: "server-words-lost",
    breaks: "Keeps to itself what the server said about a failure.",
    edits: [
      errors("const { code, message } = errorOf(answer.body);", "const { code, message } = errorOf('');"),
    ],
    caughtBy: { "exhausted.error-text": /message: expected \/overloaded/ },
  },
  {
    name: "rejected-believed",
    breaks: "Believes a server that rejects more events than it was sent.",
    edits: [outcome("Math.min(Math.max(rejected as number, 0), count)", "(rejected as number)")],
    caughtBy: { "answer.rejected-nonsense": /count: expected 1, got 7/ },
  },
  {
    name: "redirect-is-success",
    breaks: "Takes 3xx for success.",
    edits: [outcome("status >= 200 && status < 300", "status >= 200 && status < 400")],
    caughtBy: { "redirect.other-3xx": /expected 3 requests, the API saw 1/ },
  },
  {
    name: "no-answer-is-refusal",
    breaks: "Drops what got no answer that makes sense.",
    edits: [
      outcome(
        'if ("failure" in answer) return { kind: "retry" };',
        'if ("failure" in answer) return { kind: "rejected" };',
      ),
    ],
    caughtBy: {
      "retry.network-errors": /expected 5 requests, the API saw 1/,
      "redirect.informational": /expected 3 requests, the API saw 1/,
    },
  },
];
