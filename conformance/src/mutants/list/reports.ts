/** Mistakes about errors and the books (contract, section 5). */
import { unreported, withReports, withStats } from "../hooks/reports.ts";
import type { How, Mutant, Reported } from "../mutant.ts";

/** What an SDK does with errors when the app gives no onError. */
const withoutListener =
  (begin: () => (error: Reported) => void): How =>
  () => ({ options: (options) => (options.onError ? options : { ...options, onError: begin() }) });

export const reportMutants: readonly Mutant[] = [
  {
    id: "on-error-throws-through",
    does: "Lets what onError throws reach the app.",
    how: () => {
      const thrown: unknown[] = [];
      return {
        onError(error, report) {
          try {
            report(error);
          } catch (problem) {
            thrown.push(problem);
          }
        },
        client: ({ track }) => ({
          track(...args) {
            track(...args);
            if (thrown.length > 0) throw thrown.pop();
          },
        }),
      };
    },
    caughtBy: { "on-error.throws": /a call threw: track: a callback of the app failed/ },
  },
  {
    id: "on-error-for-ever",
    does: "Reports an error that onError's own call caused to onError, and so on.",
    how: () => ({
      onError(error, report) {
        for (let times = 0; times < 20; times++) report(error);
      },
    }),
    caughtBy: { "on-error.calls-again": /stats\.accepted: expected 3 to 10/ },
  },
  {
    id: "on-error-for-long",
    does: "Reports each error of what onError calls a moment later many times, and so on.",
    how: () => {
      let left = 12_000;
      return {
        onError(error, report) {
          for (let times = 0; times < 20 && left > 0; times++, left--) report(error);
        },
      };
    },
    caughtBy: { "on-error.calls-again-later": /stats\.accepted: expected 3 to 10000/ },
  },
  {
    id: "key-in-an-error",
    does: "Shows the key in an error.",
    how: ({ options }) => ({
      onError: (error, report) => report({ ...error, message: `${error.message} (${options.apiKey})` }),
    }),
    caughtBy: { "auth.wrong-key": /the key leaked: .*"type":"auth"/ },
  },
  {
    id: "key-in-diagnostics",
    does: "Prints the request's headers when debug is on.",
    how: ({ options }) => ({
      fetch(request, send) {
        if (options.debug) console.debug(`[whisperr] ${JSON.stringify(request.headers)}`);
        return send(request);
      },
    }),
    caughtBy: { "console.debug": /the key leaked: \[whisperr\]/ },
  },
  {
    id: "server-words-as-they-came",
    does: "Hands the server's words on to onError as they came.",
    how: () => {
      let words = "";
      return {
        async fetch(request, send) {
          const answer = await send(request);
          words = JSON.parse(await answer.clone().text()).error?.message ?? "";
          return answer;
        },
        onError: (error, report) => report({ ...error, message: `${error.message}: ${words}` }),
      };
    },
    caughtBy: { "text.from-the-server": /errors\[0\]\.message: expected/ },
  },
  {
    id: "server-words-in-full",
    does: "Escapes the server's words, and tells all of them.",
    how: withReports((error) => ({ ...error, message: error.message.padEnd(501, ".") })),
    caughtBy: { "text.from-the-server": /errors\[1\]\.message: expected/ },
  },
  {
    id: "names-as-they-came",
    does: "Tells a wrong event name as it is.",
    how: () => {
      let name = "";
      return {
        onError: (error, report) => report({ ...error, message: `${error.message} (${name})` }),
        client: ({ track }) => ({
          track(...args) {
            name = String(args[1]);
            return track(...args);
          },
        }),
      };
    },
    caughtBy: { "text.from-the-app": /errors\[0\]\.message: expected/ },
  },
  {
    id: "server-words-printed-as-they-came",
    does: "Prints an answer's body as it came, when debug is on.",
    how: () => ({
      async fetch(request, send) {
        const answer = await send(request);
        console.debug(`[whisperr] ${JSON.parse(await answer.clone().text()).error?.message}`);
        return answer;
      },
    }),
    caughtBy: { "text.printed": /output: expected/ },
  },
  {
    id: "prints-unasked",
    does: "Prints every error though the app listens to onError.",
    how: withReports((error) => {
      console.warn(error.message);
      return error;
    }),
    caughtBy: { "console.quiet": /output: expected ""/ },
  },
  {
    id: "warns-every-time",
    does: "Prints every error, where nobody listens to them.",
    how: withoutListener(
      () =>
        ({ message }) =>
          console.warn(`[whisperr] ${message}`),
    ),
    caughtBy: { "console.warns-once": /output: expected/ },
  },
  {
    id: "warns-once-altogether",
    does: "Prints the first error, where nobody listens, and no other kind.",
    how: withoutListener(() => {
      let hasWarned = false;
      return ({ message }) => {
        if (!hasWarned) console.warn(`[whisperr] ${message}`);
        hasWarned = true;
      };
    }),
    caughtBy: { "console.warns-once": /output: expected/ },
  },
  {
    id: "silent-without-on-error",
    does: "Says nothing at all, where nobody listens.",
    how: withoutListener(() => () => {}),
    caughtBy: { "console.warns-once": /output: expected .*got ""/ },
  },
  {
    id: "rejected-counted-twice",
    does: "Counts events that the server rejected as delivered too.",
    how: withStats((stats) => ({
      ...stats,
      delivered: stats.delivered + (stats.dropped.rejected_by_server ?? 0),
    })),
    caughtBy: { "answer.rejected-count": /ledger: 5 accepted is not 5 delivered \+ 2 dropped/ },
  },
  {
    id: "losses-not-counted",
    does: "Reports what it drops, and leaves it out of the books.",
    how: withStats((stats) => ({ ...stats, dropped: {} })),
    caughtBy: { "drop.any-4xx": /ledger: 8 accepted is not 1 delivered/ },
  },
  {
    id: "exhausted-unreported",
    does: "Says nothing when retries have run out.",
    how: unreported(({ type }) => type === "retry_exhausted"),
    caughtBy: {
      "exhausted.later-flush-delivers": /errors: expected 1 items, got 0/,
      "shutdown.deadline": /errors: expected 1 items, got 0/,
    },
  },
  {
    id: "refused-key-unreported",
    does: "Says nothing when the key is refused.",
    how: unreported(({ type }) => type === "auth"),
    caughtBy: { "auth.stop-and-keep": /errors: expected 1 items, got 0/ },
  },
  {
    id: "overflow-unreported",
    does: "Drops the oldest without a word to the app.",
    how: unreported(({ reason }) => reason === "queue_full"),
    caughtBy: { "limits.queue-full": /errors: expected 2 items, got 1/ },
  },
  {
    id: "overflow-reported-once",
    does: "Reports the first of many losses and forgets to report the others.",
    how: () => {
      let reported = 0;
      return unreported(({ reason }) => reason === "queue_full" && reported++ > 0)({ options: {} });
    },
    caughtBy: { "limits.queue-full-all-reported": /errors: expected \[\[/ },
  },
  {
    id: "names-the-wrong-events",
    does: "Names the events that follow the dropped ones when it reports an overflow.",
    how: () => {
      const named: string[] = [];
      return {
        fetch(request, send) {
          for (const { context } of (
            JSON.parse(request.body) as { events: { context: { $message_id: string } }[] }
          ).events)
            named.push(context.$message_id);
          return send(request);
        },
        onError: (error, report) =>
          report(error.reason === "queue_full" ? { ...error, messageIds: named } : error),
      };
    },
    caughtBy: { "limits.queue-full": /was reported as dropped, but the API acknowledged it/ },
  },
  {
    id: "events-not-named",
    does: "Reports losses without the ids of the events.",
    how: withReports(({ messageIds: _, ...error }) => error),
    caughtBy: { "on-error.shape": /errors\[0\]\.messageIds: missing/ },
  },
  {
    id: "one-id-for-many",
    does: "Names one event in a report of several.",
    how: withReports((error) => ({ ...error, messageIds: error.messageIds?.slice(0, 1) ?? [] })),
    caughtBy: { "limits.queue-full-all-reported": /errors: expected \[\[/ },
  },
];
