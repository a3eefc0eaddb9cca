/** Mistakes about what `shutdown()` does with a wait, a request and a deadline (contract, section 5). */
import { answered } from "../hooks/answers.ts";
import { withClient } from "../hooks/calls.ts";
import type { How, Mutant } from "../mutant.ts";

/** shutdown() is told of another deadline. */
const withDeadline = (edit: (timeoutMs: number) => number | undefined): How =>
  withClient(({ shutdown }) => ({
    shutdown({ timeoutMs } = {}) {
      const other = timeoutMs === undefined ? undefined : edit(timeoutMs);
      return shutdown(other === undefined ? {} : { timeoutMs: other });
    },
  }));

export const shutdownMutants: readonly Mutant[] = [
  {
    id: "shutdown-in-two-steps",
    does: "Has shutdown() flush like anybody else first: it waits out a backoff, and takes calls until it is done.",
    how: withClient(({ flush, shutdown }) => ({
      async shutdown(options) {
        if (options?.timeoutMs === undefined) await flush();
        return shutdown(options);
      },
    })),
    caughtBy: {
      "shutdown.in-backoff": /end should be fulfilled, but is pending/,
      "shutdown.refuses-meanwhile": /errors: expected 2 items, got 0/,
    },
  },
  {
    id: "shutdown-after-its-reports",
    does: "Takes calls until the app has heard what shutdown() has to say, and counts them as waiting.",
    how: () => {
      let isTelling = false;
      let more = 0;
      return {
        onError(error, report) {
          isTelling = true;
          report(error);
          isTelling = false;
        },
        client: ({ track, stats }) => ({
          track: (...args) => (isTelling ? ++more : track(...args)),
          stats() {
            const figures = stats();
            return { ...figures, accepted: figures.accepted + more, pending: figures.pending + more };
          },
        }),
      };
    },
    caughtBy: {
      "shutdown.refuses-in-on-error": /dropped\.shut_down: missing/,
      "shutdown.refuses-at-its-begin": /dropped\.shut_down: missing/,
    },
  },
  {
    id: "shutdown-in-a-hurry",
    does: "Cuts every wait short at shutdown(), one that the server asked for as well.",
    how: () => {
      let latest = () => {};
      return {
        setTimeout(run, delayMs, set) {
          latest = run;
          return set(run, delayMs);
        },
        client: ({ shutdown }) => ({
          shutdown(options) {
            const waiting = latest;
            const end = shutdown(options);
            if (options?.timeoutMs === undefined) waiting();
            return end;
          },
        }),
      };
    },
    caughtBy: { "shutdown.in-retry-after": /end should be pending, but is fulfilled/ },
  },
  {
    id: "shutdown-waits-as-asked",
    does: "Keeps a wait that the server asked for, beyond the deadline of shutdown().",
    how: () => {
      let isAsked = false;
      return {
        async fetch(request, send) {
          const answer = await send(request);
          isAsked = answer.headers.get("retry-after") !== null;
          return answer;
        },
        client: ({ shutdown }) => ({ shutdown: (options) => shutdown(isAsked ? {} : options) }),
      };
    },
    caughtBy: { "shutdown.deadline-in-retry-after": /end should be fulfilled, but is pending/ },
  },
  {
    id: "shutdown-believes-the-refusal",
    does: "Makes no attempt at shutdown() when the key was refused before.",
    how: () => {
      let isRefused = false;
      let isOver = false;
      return {
        async fetch(request, send) {
          if (isOver && isRefused) return answered(401);
          const answer = await send(request);
          isRefused = answer.status === 401;
          return answer;
        },
        client: ({ shutdown }) => ({
          shutdown(options) {
            isOver = true;
            return shutdown(options);
          },
        }),
      };
    },
    caughtBy: { "shutdown.after-refused-key": /expected 2 requests, the API saw 1/ },
  },
  {
    id: "shutdown-drops-the-connection",
    does: "Lets go of the request under way at shutdown(), and sends what it carried again.",
    how: () => {
      let letGo = () => {};
      return {
        fetch: (request, send) =>
          Promise.race([
            send(request),
            new Promise<never>((_resolve, reject) => {
              letGo = () => reject(new Error("let go"));
            }),
          ]),
        client: ({ shutdown }) => ({
          shutdown(options) {
            letGo();
            return shutdown(options);
          },
        }),
      };
    },
    caughtBy: {
      "shutdown.waits-for-the-request": /number of requests: expected 1, got 2|sends 1 events again/,
    },
  },
  {
    id: "deadline-of-0-is-none",
    does: "Takes a deadline of 0 for none.",
    how: withDeadline((timeoutMs) => timeoutMs || undefined),
    caughtBy: { "shutdown.deadline-of-nothing": /end should be fulfilled, but is pending/ },
  },
  {
    id: "deadline-in-32-bits",
    does: "Sets a timer longer than timers can be, which fires at once.",
    how: withDeadline((timeoutMs) => (timeoutMs > 2_147_483_647 ? 1 : timeoutMs)),
    caughtBy: { "shutdown.long-deadline": /end should be pending, but is fulfilled/ },
  },
  {
    id: "deadline-always-reported",
    does: "Reports at the deadline of shutdown() that something stays behind, though nothing does.",
    how: ({ options }) => ({
      client: ({ shutdown, stats }) => ({
        shutdown(given) {
          const report = options.onError as (error: object) => void;
          const { pending } = stats();
          if (given?.timeoutMs === 0 && pending === 0)
            report({ type: "retry_exhausted", message: "Out of time with 0 operations", count: 0 });
          return shutdown(given);
        },
      }),
    }),
    caughtBy: { "shutdown.nothing-to-do": /errors: expected 0 items, got 1/ },
  },
];
