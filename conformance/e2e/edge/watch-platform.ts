/** Inside an edge runtime: what a platform sees of an app. Put in place before the SDK is called, which looks timers up at each call. */

export interface PlatformReport {
  /** Timers set that have neither fired nor been cleared. */
  timers: number;
  /** Promises passed to `waitUntil` so far, and those that have not settled. */
  promises: number;
  open: number;
  /** The longest a promise took to settle. */
  longestMs: number;
  /** Since when the app knows that an event was accepted, by message id: of the latest `MAX_HEARD` events. */
  heard: Record<string, number>;
}

export interface WatchedPlatform {
  /** `waitUntil`, counted. */
  watch(waitUntil: WaitUntil): WaitUntil;
  report(): PlatformReport;
}

type WaitUntil = (promise: Promise<unknown>) => void;

/** What a scenario looks at; and what thousands of requests leave behind stays the same. */
const MAX_HEARD = 1000;

export function watchPlatform(): WatchedPlatform {
  const timers = new Set<unknown>();
  const set = globalThis.setTimeout;
  const clear = globalThis.clearTimeout;
  const heard = watchAnswers();
  const report = { promises: 0, open: 0, longestMs: 0 };
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
    report: () => ({ ...report, timers: timers.size, heard: Object.fromEntries(heard) }),
  };
}

/** An attempt whose answer came too late, or after its request was over, is heard by nobody. */
function watchAnswers(): ReadonlyMap<string, number> {
  const heard = new Map<string, number>();
  const send = globalThis.fetch;
  globalThis.fetch = (async (input: RequestInfo | URL, init?: RequestInit) => {
    const response = await send(input, init);
    if (response.ok && typeof init?.body === "string") {
      for (const id of messageIds(init.body)) heard.set(id, Date.now());
      for (const id of heard.keys()) {
        if (heard.size <= MAX_HEARD) break;
        heard.delete(id);
      }
    }
    return response;
  }) as typeof fetch;
  return heard;
}

function messageIds(body: string): string[] {
  const { events = [] } = JSON.parse(body) as { events?: { context: { $message_id: string } }[] };
  return events.map(({ context }) => context.$message_id);
}
