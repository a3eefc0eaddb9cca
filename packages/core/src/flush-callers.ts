/** The callers of `flush()` and `shutdown()` that still wait. The machine knows them as goals and ends them in this order. */

/** How a `flush()` or `shutdown()` ended. */
export interface FlushResult {
  /** Operations the server took while it ran. */
  readonly delivered: number;
  /** Operations given up while it ran. */
  readonly dropped: number;
  /** Operations still queued at its end. */
  readonly pending: number;
}

export interface FlushCallers {
  readonly waiting: boolean;
  /** True when as many wait as may have goals of their own. */
  readonly full: boolean;
  /** What the latest of them waits for. */
  readonly last: Promise<FlushResult> | undefined;
  /** One more, to be ended after all others. */
  add(): Promise<FlushResult>;
  /** The oldest `count` have waited long enough. */
  end(count: number): void;
}

/** An app may flush after every event, and outages last: beyond this many, callers share. */
const MAX_CALLERS = 16;

/** `totals`: what was delivered and dropped since the client was made, and what is queued now. */
export function createFlushCallers(totals: () => FlushResult): FlushCallers {
  const callers: { readonly promise: Promise<FlushResult>; readonly end: () => void }[] = [];
  return {
    get waiting() {
      return callers.length > 0;
    },
    get full() {
      return callers.length >= MAX_CALLERS;
    },
    get last() {
      return callers.at(-1)?.promise;
    },
    add() {
      const before = totals();
      let end = () => {};
      const promise = new Promise<FlushResult>((resolve) => {
        end = () => {
          const { delivered, dropped, pending } = totals();
          resolve({ delivered: delivered - before.delivered, dropped: dropped - before.dropped, pending });
        };
      });
      callers.push({ promise, end });
      return promise;
    },
    end(count) {
      for (const caller of callers.splice(0, count)) caller.end();
    },
  };
}
