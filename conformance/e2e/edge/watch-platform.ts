/** Inside an edge runtime: what a platform sees of an app. Put in place before the SDK is called, which looks timers up at each call. */

export interface PlatformReport {
  /** Timers set that have neither fired nor been cleared. */
  timers: number;
  /** Promises passed to `waitUntil` so far, and those that have not settled. */
  promises: number;
  open: number;
  /** The longest a promise took to settle. */
  longestMs: number;
}

export interface WatchedPlatform {
  /** `waitUntil`, counted. */
  watch(waitUntil: WaitUntil): WaitUntil;
  report(): PlatformReport;
}

type WaitUntil = (promise: Promise<unknown>) => void;

export function watchPlatform(): WatchedPlatform {
  const timers = new Set<unknown>();
  const set = globalThis.setTimeout;
  const clear = globalThis.clearTimeout;
  const report: PlatformReport = { timers: 0, promises: 0, open: 0, longestMs: 0 };
  globalThis.setTimeout = ((callback: () => void, delayMs: number) => {
    const timer = set(() => {
      timers.delete(timer);
      callback();
    }, delayMs);
    timers.add(timer);
    return timer;
  }) as typeof setTimeout;
  globalThis.clearTimeout = ((timer: never) => {
    timers.delete(timer);
    clear(timer);
  }) as typeof clearTimeout;

  return {
    watch: (waitUntil) => (promise) => {
      const fromMs = Date.now();
      report.promises++;
      report.open++;
      const watched = promise.finally(() => {
        report.open--;
        report.longestMs = Math.max(report.longestMs, Date.now() - fromMs);
      });
      waitUntil(watched);
    },
    report: () => ({ ...report, timers: timers.size }),
  };
}
