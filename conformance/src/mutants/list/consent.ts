/** Mistakes of client SDKs about opting out (contract, section 6). */
import { answered } from "../hooks/answers.ts";
import { isIdentify, type SentIdentify } from "../hooks/requests.ts";
import type { How, Mutant } from "../mutant.ts";

/** Forgets to send an identify whose every channel is one of these. */
const withoutPushRequests =
  (which: (channel: Record<string, unknown>) => boolean): How =>
  () => ({
    async fetch(request, send) {
      if (!isIdentify(request)) return send(request);
      const { channels = [] } = JSON.parse(request.body) as SentIdentify;
      return channels.length > 0 && channels.every(which) ? answered(202) : send(request);
    },
  });

export const consentMutants: readonly Mutant[] = [
  {
    id: "opted-out-until-reload",
    does: "Forgets on the next page who opted out.",
    how: () => ({
      client({ optIn }) {
        optIn?.();
        return {};
      },
    }),
    caughtBy: { "consent.opt-out-persists": /requests/ },
  },
  {
    id: "opt-out-sends-the-rest",
    does: "Sends what is queued before it opts out.",
    how: () => ({
      client: ({ optOut, flush }) => ({
        optOut: () => void flush().then(optOut),
      }),
    }),
    caughtBy: { "consent.opt-out": /requests/ },
  },
  {
    id: "opt-out-waits-for-the-answer",
    does: "Waits for the answer to what the user has taken back, before it says anything else.",
    how: () => {
      let last: Promise<unknown> = Promise.resolve();
      return {
        fetch({ signal: _, ...request }, send) {
          const answer = last.then(() => send(request));
          last = answer.catch(() => {});
          return answer;
        },
      };
    },
    caughtBy: { "consent.in-flight": /number of requests: expected 4, got 3/ },
  },
  {
    id: "opt-in-for-this-page",
    does: "Takes opting in for something of this page alone.",
    how: () => {
      let allowed = false;
      return {
        client: ({ track, optIn }) => ({
          optIn() {
            allowed = true;
            return optIn?.();
          },
          track: (...args) => (allowed ? track(...args) : undefined),
        }),
      };
    },
    caughtBy: { "consent.opt-in": /stored types: expected 2 items, got 1/ },
  },
  {
    id: "opt-out-reported-again",
    does: "Reports at each optOut() what the first one has discarded.",
    how: () => {
      const reported: (() => void)[] = [];
      return {
        onError(error, report) {
          report(error);
          reported.push(() => report(error));
        },
        client: ({ optOut }) => ({
          optOut() {
            const before = [...reported];
            optOut?.();
            for (const again of before) again();
          },
        }),
      };
    },
    caughtBy: { "consent.opt-out-twice": /errors: expected 1 items, got 2/ },
  },
  {
    id: "token-stays-at-opt-out",
    does: "Leaves the token registered of a user who opts out.",
    how: withoutPushRequests(({ opted_in }) => opted_in === false),
    caughtBy: {
      "consent.token-opted-out": /number of requests: expected 3, got 2/,
      "consent.token-sent-ahead": /expected 3 requests, the API saw 2/,
    },
  },
  {
    id: "wait-outlasts-the-queue",
    does: "Lets flush() wait for what the server asked for, though nothing is queued any more.",
    how: () => {
      let isThrottled = false;
      return {
        async fetch(request, send) {
          const answer = await send(request);
          isThrottled = answer.status === 429;
          return answer;
        },
        client: ({ flush }) => ({
          flush: (options) => (isThrottled ? new Promise(() => {}) : flush(options)),
        }),
      };
    },
    caughtBy: { "consent.opt-out-in-a-wait": /after should be fulfilled, but is pending/ },
  },
];
