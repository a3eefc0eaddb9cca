/**
 * Locks of tab queues: a page holds one for as long as it lives, so a lock that can be had belongs to a page that is gone,
 * and exactly one page gets it.
 */
import type { Timers } from "@whisperr/core";

/**
 * Whose queue a lock is for: this page's own, one of a page before it in its tab, which may take a while to go, one of a page
 * that was left in another tab (`closed`), or any other. Where
 * locks do not work at all, a page has its own, and no other: whose page lives, nobody could say.
 */
export type Whose = "own" | "left" | "closed" | "other";

export interface TabLocks {
  /** Asks for the lock of a queue, and returns what ends it, be it granted or not. `answer` comes once more when a lock is lost. */
  request(queue: string, whose: Whose, answer: (isGranted: boolean) => void): () => void;
  /** Says so now of locks that are lost: a clock that was set, or a page that stood still, may end them early. */
  check(): void;
}

/** A busy browser needs a while until the locks of a page that was left are free. In another tab they may be taken already. */
const FREED_WITHIN_MS = { left: 5000, closed: 1000 } as const;
/** Browsers are known that forget a request: waiting on for them would mean that nothing is ever sent. */
const ANSWERED_WITHIN_MS = 10_000;

/** For a page that shares nothing. */
export const alone: TabLocks = {
  check() {},
  request(_queue, _whose, answer) {
    answer(true);
    return () => {};
  },
};

/**
 * Web Locks: the browser frees those of a page together with the page, however it ends. Where there are none, or all are
 * refused, `load` brings what takes their place.
 */
export function tabLocks(
  manager: LockManager | undefined,
  prefix: string,
  timers: Timers,
  load: () => Promise<TabLocks | undefined>,
): TabLocks {
  let answersAny = false;
  let loading: Promise<TabLocks | undefined> | undefined;
  let stored: TabLocks | undefined;

  return {
    check: () => stored?.check(),
    request(queue, whose, answer) {
      const freedWithinMs = FREED_WITHIN_MS[whose as keyof typeof FREED_WITHIN_MS];
      let timer: unknown;
      let isOver = false;
      let stopAsking = () => {};
      let release = () => {};
      let end = () => {
        isOver = true;
        timers.clear(timer);
        stopAsking();
        release();
      };
      function wait(ms: number): void {
        timer = timers.set(() => {
          if (!answersAny && ms < ANSWERED_WITHIN_MS) return wait(ANSWERED_WITHIN_MS);
          // A queue that is new nobody else can want. Any other is never taken without an answer that says so.
          const isGranted = whose === "own" && !answersAny;
          if (!isGranted) end();
          answer(isGranted);
        }, ms);
      }
      async function doWithout(): Promise<void> {
        timers.clear(timer);
        if (isOver) return;
        loading ??= load().catch(() => undefined);
        stored = await loading;
        if (isOver) return;
        if (stored) end = stored.request(queue, whose, answer);
        else answer(whose === "own" || whose === "left");
      }
      function answered(lock: unknown): unknown {
        answersAny = true;
        timers.clear(timer);
        if (isOver) return undefined;
        answer(lock !== null);
        // Until then it is held.
        return lock && new Promise<void>((resolve) => (release = resolve));
      }
      async function ask(): Promise<void> {
        try {
          const asking = new AbortController();
          stopAsking = () => asking.abort();
          const how = freedWithinMs ? { signal: asking.signal } : { ifAvailable: true };
          await (manager as LockManager).request(prefix + queue, how, answered);
        } catch {
          // There are no locks, or nothing to stop asking with, or all are refused.
          await doWithout();
        }
      }
      wait(freedWithinMs ?? ANSWERED_WITHIN_MS);
      void ask();
      return () => end();
    },
  };
}
