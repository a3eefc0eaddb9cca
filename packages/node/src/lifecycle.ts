/** When a Node process may end, see `createProcessLifecycle` in core: what Node brings to it. */
import { createProcessLifecycle, type ProcessLifecycle } from "@whisperr/core";
import { addExitListener, removeExitListener } from "./process-exit.ts";

/** `exitTimeoutMs`: how long operations may delay the end of the process; 0 = not at all. */
export function createLifecycle(exitTimeoutMs: number): ProcessLifecycle {
  return createProcessLifecycle(exitTimeoutMs, {
    listen(listener) {
      addExitListener(listener);
      // This may be a beforeExit handler of the app, too late to be heard now: one more turn, and Node emits it again.
      setImmediate(() => {});
    },
    unlisten: removeExitListener,
    holdingTimers: {
      set: (callback, delayMs) => setTimeout(callback, delayMs),
      clear: (handle) => clearTimeout(handle as NodeJS.Timeout),
    },
    elapsedMs: () => performance.now(),
  });
}
