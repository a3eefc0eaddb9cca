/**
 * When the process may end. Timers and idle connections never hold it; two things do:
 * - someone waits for `flush()` or `shutdown()`;
 * - it ends by itself (`beforeExit`) while operations are queued: they are delivered first, within a deadline.
 */
import { type Activity, type EffectLoop, MAX_TIMER_MS } from "@whisperr/core";
import { addExitListener, removeExitListener } from "./process-exit.ts";

export interface Lifecycle {
  /** The port the effect loop tells what is going on. */
  readonly onActivity: (activity: Activity) => void;
  /** Connects the loop; to be called once, when it exists. */
  watch(loop: EffectLoop): void;
}

/** What was queued, then what the app's own beforeExit handlers added. Without a limit such a handler could run for ever. */
const MAX_EXIT_FLUSHES = 10;

/** `exitTimeoutMs`: how long operations may delay the end of the process; 0 = not at all. */
export function createLifecycle(exitTimeoutMs: number): Lifecycle {
  let loop: EffectLoop | undefined;
  let listening = false;
  let hold: NodeJS.Timeout | undefined;
  let acceptedAtLastExit = -1;
  let exitFlushes = 0;
  /** What is left of exitTimeoutMs: all exit flushes together keep within it. */
  let leftMs = exitTimeoutMs;

  /** Node emits this each time it runs out of work: once for what is queued, again only for what came since. */
  function onBeforeExit(): void {
    if (loop === undefined || loop.stats().accepted === acceptedAtLastExit) return;
    exitFlushes += 1;
    if (exitFlushes > MAX_EXIT_FLUSHES + 1) return;
    // Reports what stays behind.
    if (exitFlushes > MAX_EXIT_FLUSHES) return loop.abandon();
    acceptedAtLastExit = loop.stats().accepted;
    const startedAtMs = performance.now();
    const deadline = setTimeout(loop.abandon, leftMs);
    void loop.flush().then(() => {
      clearTimeout(deadline);
      leftMs = Math.max(0, leftMs - (performance.now() - startedAtMs));
    });
    loop.retryNow();
  }

  function listen(wanted: boolean): void {
    if (wanted === listening || exitTimeoutMs === 0) return;
    listening = wanted;
    if (!wanted) return removeExitListener(onBeforeExit);
    addExitListener(onBeforeExit);
    // This may be a beforeExit handler of the app, too late to be heard now: one more turn, and Node emits it again.
    setImmediate(() => {});
  }

  return {
    onActivity({ pending, awaited }) {
      // Only while it has something to lose, and may still send it, does a client listen: so clients that come and go
      // leave nothing behind.
      const over = loop?.stopped === true && !awaited;
      listen(pending && !over);
      if (awaited && hold === undefined) hold = setInterval(() => {}, MAX_TIMER_MS);
      if (!awaited && hold !== undefined) {
        clearInterval(hold);
        hold = undefined;
      }
    },
    watch(watched) {
      loop = watched;
    },
  };
}
