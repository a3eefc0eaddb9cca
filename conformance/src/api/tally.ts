/** A number that only grows, and can be waited for. */

export interface Tally {
  count(): number;
  add(): void;
  /** Resolves once the count is n or more; rejects after timeoutMs, saying how far it got. */
  waitFor(n: number, timeoutMs: number): Promise<void>;
}

/** `subject` completes the sentence "2 of 3 <subject> within 500 ms". */
export function createTally(subject: string): Tally {
  const waiting = new Set<{ n: number; resolve: () => void }>();
  let count = 0;

  return {
    count: () => count,
    add() {
      count += 1;
      for (const waiter of waiting) if (count >= waiter.n) waiter.resolve();
    },
    waitFor(n, timeoutMs) {
      if (count >= n) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const waiter = { n, resolve: () => finish(resolve) };
        const timer = setTimeout(
          () => finish(() => reject(new Error(`${count} of ${n} ${subject} within ${timeoutMs} ms`))),
          timeoutMs,
        );
        function finish(settle: () => void): void {
          clearTimeout(timer);
          waiting.delete(waiter);
          settle();
        }
        waiting.add(waiter);
      });
    },
  };
}
