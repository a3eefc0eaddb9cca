/** Mistakes about what `flush()` waits for, and what it resolves with (contract, section 5). */
import { answered } from "../hooks/answers.ts";
import { withClient } from "../hooks/calls.ts";
import { idsOf } from "../hooks/requests.ts";
import type { Figures, Mutant } from "../mutant.ts";

/** The promises of flush() resolve, if they have not yet, when `resolve` is called. */
function resolvingEarly(): {
  race(flush: Promise<Figures>, figures: () => Figures): Promise<Figures>;
  resolve(): void;
} {
  let waiting: (() => void)[] = [];
  return {
    race: (flush, figures) =>
      Promise.race([flush, new Promise<void>((resolve) => waiting.push(resolve)).then(figures)]),
    resolve() {
      for (const one of waiting) one();
      waiting = [];
    },
  };
}

const keptFigures = (pending: number): Figures => ({ delivered: 0, dropped: 0, pending });

export const flushResultMutants: readonly Mutant[] = [
  {
    id: "flush-ends-with-the-first-request",
    does: "Resolves flush() as soon as one request has been accepted.",
    how: () => {
      const early = resolvingEarly();
      return {
        async fetch(request, send) {
          const answer = await send(request);
          if (answer.status < 300) early.resolve();
          return answer;
        },
        client: ({ flush, stats }) => ({
          flush: (options) => early.race(flush(options), () => keptFigures(stats().pending)),
        }),
      };
    },
    caughtBy: {
      "flush.not-before-the-last": /flush should be pending, but is fulfilled/,
      "flush.keeps-the-rest": /flush should be pending, but is fulfilled/,
    },
  },
  {
    id: "flush-until-empty",
    does: "Goes on with a flush until the queue is empty, so that a busy app's flush() never resolves.",
    how: withClient(({ flush, stats }) => ({
      async flush(options) {
        let figures = await flush(options);
        while (figures.delivered > 0 && stats().pending > 0) figures = await flush(options);
        return figures;
      },
    })),
    caughtBy: {
      "flush.not-for-later-calls": /flush should be fulfilled, but is pending/,
      "flush.each-for-its-own": /first should be fulfilled, but is pending/,
    },
  },
  {
    id: "flush-hides-what-is-kept",
    does: "Resolves flush() as if nothing had been left.",
    how: withClient(({ flush }) => ({
      flush: async (options) => ({ ...(await flush(options)), pending: 0 }),
    })),
    caughtBy: { "flush.keeps-the-rest": /result of flush\.pending: expected 2, got 0/ },
  },
  {
    id: "flush-counts-everything",
    does: "Says in the result of a flush() what became of everything since the client was made.",
    how: withClient(({ flush, stats }) => ({
      async flush(options) {
        await flush(options);
        const { delivered, dropped, pending } = stats();
        return { delivered, dropped: Object.values(dropped).reduce((sum, n) => sum + n, 0), pending };
      },
    })),
    caughtBy: { "flush.counts-its-own": /result of second\.delivered: expected 1, got 2/ },
  },
  {
    id: "flush-goal-not-lowered",
    does: "Has a flush() wait for as many operations as there were, though some of them have been pushed out.",
    how: withClient(({ flush, stats }) => ({
      async flush(options) {
        const { delivered, pending } = stats();
        let figures = await flush(options);
        while (figures.delivered > 0 && stats().delivered < delivered + pending)
          figures = await flush(options);
        return figures;
      },
    })),
    caughtBy: { "limits.flush-outlives-evictions": /flush should be fulfilled, but is pending/ },
  },
  {
    id: "flush-ends-with-an-eviction",
    does: "Ends every flush() when an operation is pushed out.",
    how: () => {
      const early = resolvingEarly();
      return {
        onError(error, report) {
          if (error.reason === "queue_full") early.resolve();
          report(error);
        },
        client: ({ flush, stats }) => ({
          flush: (options) => early.race(flush(options), () => keptFigures(stats().pending)),
        }),
      };
    },
    caughtBy: { "limits.flush-after-an-eviction": /flush should be pending, but is fulfilled/ },
  },
  {
    id: "search-by-position",
    does: "Remembers by its place in the queue where the bad event must be, and drops what has moved there.",
    how: () => {
      let suspects: string[] = [];
      return {
        async fetch(request, send) {
          const ids = idsOf(request);
          const hasMoved = suspects.length > 0 && !ids.some((id) => suspects.includes(id));
          if (hasMoved && ids.length > 1) return answered(400);
          if (hasMoved) suspects = [];
          if (hasMoved) return answered(400);
          const answer = await send(request);
          if (answer.status === 400) suspects = ids.slice(0, Math.ceil(ids.length / 2));
          return answer;
        },
      };
    },
    caughtBy: { "limits.search-after-evictions": /stored types\[0\]: expected "fine×2", got "fine"/ },
  },
  {
    id: "flush-without-deadline",
    does: "Takes no notice of the deadline of a flush().",
    how: withClient(({ flush }) => ({ flush: () => flush() })),
    caughtBy: {
      "flush.deadline": /hurried should be fulfilled, but is pending/,
      "flush.deadline-of-nothing": /now should be fulfilled, but is pending/,
    },
  },
  {
    id: "flush-deadline-gives-up",
    does: "Gives up delivery at the deadline of a flush(), as shutdown() does.",
    how: withClient(({ flush, shutdown }) => ({
      async flush(options) {
        const figures = await flush(options);
        if (options?.timeoutMs !== undefined && figures.pending > 0) await shutdown({ timeoutMs: 0 });
        return figures;
      },
    })),
    caughtBy: { "flush.deadline": /errors: expected 0 items|stored types/ },
  },
  {
    id: "flush-waits-for-its-deadline",
    does: "Resolves a flush() with a deadline at that deadline, and never before.",
    how: withClient(({ flush }) => ({
      async flush(options) {
        const figures = await flush(options);
        await new Promise((resolve) => setTimeout(resolve, options?.timeoutMs ?? 0));
        return figures;
      },
    })),
    caughtBy: { "flush.deadline-not-needed": /quick should be fulfilled, but is pending/ },
  },
];
