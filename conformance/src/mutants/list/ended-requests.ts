/** Mistakes of SDKs for edge runtimes about requests that end before what they sent is answered (contract, section 5). */
import { oneAfterTheOther } from "../hooks/requests.ts";
import type { Mutant } from "../mutant.ts";

type WaitUntil = (promise: Promise<unknown>) => void;

export const endedRequestMutants: readonly Mutant[] = [
  {
    id: "holds-after-its-end",
    does: "Holds requests for calls that came after shutdown().",
    how: ({ options }) => {
      let isOver = false;
      return {
        client: ({ track, shutdown }) => ({
          track(...args) {
            track(...args);
            if (isOver) (options.waitUntil as WaitUntil)(Promise.resolve());
          },
          shutdown(given) {
            isOver = true;
            return shutdown(given);
          },
        }),
      };
    },
    caughtBy: { "wait-until.after-shutdown": /held by waitUntil\.b: not expected/ },
  },
  {
    id: "waits-for-an-ended-request",
    does: "Sends nothing before the answer that an ended request was to hear.",
    how: oneAfterTheOther,
    caughtBy: { "wait-until.cut": /stored types: expected 2 items, got 0/ },
  },
  {
    id: "wait-handed-over-by-the-clock",
    does: "Hands a wait over as the time at which it ends, though clocks are set.",
    how: () => {
      let latestMs = Number.NEGATIVE_INFINITY;
      return {
        setTimeout(run, delayMs, set) {
          latestMs = Math.max(latestMs, Date.now());
          return set(run, delayMs + latestMs - Date.now());
        },
      };
    },
    caughtBy: { "wait-until.clock-set-back": /stored types: expected 2 items, got 0/ },
  },
  {
    id: "wait-of-an-ended-request",
    does: "Sends nothing before the wait is over that an ended request had begun.",
    how: () => {
      let hasFailed = false;
      let isWaiting = false;
      return {
        async fetch(request, send) {
          if (isWaiting) return new Promise(() => {});
          const answer = await send(request);
          hasFailed = answer.status === 503;
          return answer;
        },
        setTimeout(run, delayMs, set) {
          if (!hasFailed) return set(run, delayMs);
          hasFailed = false;
          isWaiting = true;
          return set(() => {
            isWaiting = false;
            run();
          }, delayMs);
        },
      };
    },
    caughtBy: { "wait-until.cut-in-a-wait": /stored types: expected 2 items, got 0/ },
  },
];
