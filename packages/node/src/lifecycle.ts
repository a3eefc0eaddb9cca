/**
 * When the process may end. Timers and idle connections never hold it; two things do:
 * - someone waits for `flush()` or `shutdown()`;
 * - it ends by itself (`beforeExit`) while operations are queued: they are delivered first, within a deadline.
 */
import { type Activity, type EffectLoop, MAX_TIMER_MS } from "@whisperr/core";

export interface Lifecycle {
  /** The port the effect loop tells what is going on. */
  readonly onActivity: (activity: Activity) => void;
  /** Connects the loop; to be called once, when it exists. */
  watch(loop: EffectLoop): void;
}

/** `exitTimeoutMs`: how long operations may delay the end of the process; 0 = not at all. */
export function createLifecycle(exitTimeoutMs: number): Lifecycle {
  let loop: EffectLoop | undefined;
  let listening = false;
  let hold: NodeJS.Timeout | undefined;
  let acceptedAtLastExit = -1;

  /** Node emits this each time it runs out of work: once for what is queued, again only for what came since. */
  function onBeforeExit(): void {
    if (loop === undefined || loop.stats().accepted === acceptedAtLastExit) return;
    acceptedAtLastExit = loop.stats().accepted;
    const deadline = setTimeout(loop.abandon, exitTimeoutMs);
    void loop.flush().then(() => clearTimeout(deadline));
    loop.retryNow();
  }

  function listen(wanted: boolean): void {
    if (wanted === listening || exitTimeoutMs === 0) return;
    listening = wanted;
    if (wanted) process.on("beforeExit", onBeforeExit);
    else process.off("beforeExit", onBeforeExit);
  }

  return {
    onActivity({ pending, awaited }) {
      // Only while it has something to lose does a client listen, so clients that come and go leave nothing behind.
      listen(pending);
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
