/** Mistakes about when a flush starts and when it is over (contract, section 5). */
import { withClient } from "../hooks/calls.ts";
import { ignoring, withOptions } from "../hooks/options.ts";
import type { How, Mutant } from "../mutant.ts";

/** The interval's timer starts over at each call, or is set by calls alone. */
function withInterval(mistake: "starts over" | "set by calls alone"): How {
  return ({ options }) => {
    const { flushIntervalMs = 10_000 } = options;
    let calling = false;
    let interval: { run: () => void; handle: unknown } | undefined;
    return {
      setTimeout(run, delayMs, set) {
        if (delayMs !== flushIntervalMs) return set(run, delayMs);
        if (mistake === "set by calls alone" && !calling) return set(() => {}, 1e9);
        const handle = set(run, delayMs);
        interval = { run, handle };
        return handle;
      },
      client: ({ track }) => ({
        track(...args) {
          calling = true;
          track(...args);
          calling = false;
          if (mistake === "set by calls alone" || !interval) return;
          clearTimeout(interval.handle as number);
          interval.handle = setTimeout(interval.run, Number(flushIntervalMs));
        },
      }),
    };
  };
}

export const flushMutants: readonly Mutant[] = [
  {
    id: "flush-at-one-late",
    does: "Starts a flush one operation too late.",
    how: withOptions((options) => ({ ...options, flushAt: Number(options.flushAt ?? 20) + 1 })),
    caughtBy: { "flush.at": /expected 2 requests, the API saw 0/ },
  },
  {
    id: "interval-starts-over",
    does: "Starts the interval anew with every event, so that a busy app never flushes.",
    how: withInterval("starts over"),
    caughtBy: { "flush.interval": /expected 1 requests, the API saw 0/ },
  },
  {
    id: "interval-not-to-be-turned-off",
    does: "Takes flushIntervalMs 0 for the default.",
    how: ignoring("flushIntervalMs"),
    caughtBy: { "flush.interval-off": /number of requests: expected 0, got 1/ },
  },
  {
    id: "interval-forgets-the-rest",
    does: "Sets no timer for what came during a flush.",
    how: withInterval("set by calls alone"),
    caughtBy: { "flush.tracked-meanwhile-interval": /expected 2 requests, the API saw 1/ },
  },
  {
    id: "flush-resolves-early",
    does: "Resolves flush() when the request has left, not when it was answered.",
    how: withClient(({ flush, stats }) => ({
      async flush(options) {
        void flush(options);
        return { delivered: 0, dropped: 0, pending: stats().pending };
      },
    })),
    caughtBy: {
      "flush.shared": /f1 should be pending, but is fulfilled/,
      "flush.covers-earlier-calls": /result of flush\.delivered: expected 36, got 0/,
    },
  },
  {
    id: "flush-never-resolves",
    does: "Leaves flush() waiting when delivery stops.",
    how: withClient(({ flush }) => ({
      async flush(options) {
        const figures = await flush(options);
        return figures.pending > 0 ? new Promise(() => {}) : figures;
      },
    })),
    caughtBy: { "auth.flush-resumes": /refused should be fulfilled, but is pending/ },
  },
  {
    id: "flush-rejects",
    does: "Rejects flush() when the network is down.",
    how: withClient(({ flush }) => ({
      async flush(options) {
        const figures = await flush(options);
        if (figures.pending > 0) throw new Error("not delivered");
        return figures;
      },
    })),
    caughtBy: { "flush.never-rejects": /first should be fulfilled, but is rejected/ },
  },
  {
    id: "empty-flush-waits",
    does: "Waits for something to send when there is nothing.",
    how: withClient(({ flush, stats }) => ({
      flush: (options) => (stats().pending === 0 ? new Promise(() => {}) : flush(options)),
    })),
    caughtBy: { "flush.empty": /flush should be fulfilled, but is pending/ },
  },
  {
    id: "late-flush-shares-an-earlier-one",
    does: "Resolves the seventeenth flush with the sixteenth, whatever it should wait for.",
    how: withClient(({ flush }) => {
      const flushes: ReturnType<typeof flush>[] = [];
      return {
        flush(options) {
          const own = flush(options);
          flushes.push(own);
          return flushes[15] ?? own;
        },
      };
    }),
    caughtBy: { "flush.twenty-at-once": /f20 should be pending, but is fulfilled/ },
  },
];
