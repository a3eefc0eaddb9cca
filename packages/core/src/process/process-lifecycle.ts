/**
 * When a process may end. Its timers and idle connections never hold it; two things do:
 * - someone waits for `flush()` or `shutdown()`;
 * - it ends by itself while operations are queued: they are delivered first, within a deadline.
 */
import type { Client } from "../client/client.ts";
import { abandon, flush, retry } from "../loop/flush.ts";
import { MAX_TIMER_MS } from "../options.ts";
import type { Activity, Timers } from "../ports.ts";

/** The end of the process, as a runtime lets it be watched and delayed. */
export interface ProcessEnd {
  /** From now on the listener is told, even if the process is about to end at this very moment. */
  listen(listener: EndListener): void;
  unlisten(listener: EndListener): void;
  /** Timers that keep the process alive. */
  readonly holdingTimers: Timers;
  /** Milliseconds on a clock that never jumps. */
  readonly elapsedMs: () => number;
}

export interface EndListener {
  /** The process has run out of work. True: it is to go on, there is something to wait for. Called again when that is over. */
  onOutOfWork(): boolean;
  /** The process ends now, and nothing can be waited for. */
  onEnd(): void;
}

export interface ProcessLifecycle {
  /** The port that the client tells what is going on. */
  readonly onActivity: (activity: Activity) => void;
  /** Connects the client; to be called once, when it exists. */
  watch(client: Client): void;
}

/** What was queued, then what the app's own handlers added. Without a limit such a handler could run for ever. */
const MAX_EXIT_FLUSHES = 10;

/** `exitTimeoutMs`: how long operations may delay the end of the process; 0 = not at all. */
export function createProcessLifecycle(exitTimeoutMs: number, end: ProcessEnd): ProcessLifecycle {
  const { holdingTimers, elapsedMs } = end;
  let client: Client | undefined;
  let listening = false;
  let hold: unknown;
  let acceptedAtLastExit = -1;
  let exitFlushes = 0;
  /** What is left of exitTimeoutMs: all exit flushes together keep within it. */
  let leftMs = exitTimeoutMs;

  /** Nothing came since the last exit flush, which told what stays behind. */
  function isSaid({ accepted }: Client): boolean {
    return accepted === acceptedAtLastExit;
  }

  const listener: EndListener = {
    /** Once for what is queued, again only for what came since. */
    onOutOfWork() {
      if (client === undefined || isSaid(client) || exitFlushes > MAX_EXIT_FLUSHES) return false;
      exitFlushes += 1;
      if (exitFlushes > MAX_EXIT_FLUSHES) {
        acceptedAtLastExit = client.accepted;
        // Reports what stays behind.
        abandon(client);
        return false;
      }
      flushWithin(client);
      return true;
    },
    onEnd() {
      if (client !== undefined && !isSaid(client)) abandon(client);
    },
  };

  function flushWithin(client: Client): void {
    acceptedAtLastExit = client.accepted;
    const startedAtMs = elapsedMs();
    const deadline = holdingTimers.set(() => abandon(client), leftMs);
    void flush(client).then(() => {
      holdingTimers.clear(deadline);
      leftMs = Math.max(0, leftMs - (elapsedMs() - startedAtMs));
    });
    retry(client);
  }

  function listen(wanted: boolean): void {
    if (wanted === listening || exitTimeoutMs === 0) return;
    listening = wanted;
    if (wanted) end.listen(listener);
    else end.unlisten(listener);
  }

  return {
    onActivity({ pending, awaited }) {
      // Only while it has something to lose, and may still send it, does a client listen: so clients that come and go
      // leave nothing behind.
      const over = client?.isStopped === true && !awaited;
      listen(pending && !over);
      if (awaited && hold === undefined) hold = holdingTimers.set(() => {}, MAX_TIMER_MS);
      if (!awaited && hold !== undefined) {
        holdingTimers.clear(hold);
        hold = undefined;
      }
    },
    watch(watched) {
      client = watched;
    },
  };
}
