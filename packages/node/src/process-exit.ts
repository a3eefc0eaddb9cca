/**
 * One `beforeExit` listener for all clients of the process: Node warns of a leak from the eleventh listener on, and
 * an app may well have more clients than that. It is there only while a client listens.
 */
import { onOutOfWork, type ProcessEnd, type ProcessWatch } from "@whisperr/core";

const watches = new Set<ProcessWatch>();

export const PROCESS_END: ProcessEnd = {
  listen(watch) {
    if (watches.size === 0) process.on("beforeExit", notify);
    watches.add(watch);
    // This may be a beforeExit handler of the app, too late to be heard now: one more turn, and Node emits it again.
    setImmediate(() => {});
  },
  unlisten(watch) {
    if (watches.delete(watch) && watches.size === 0) process.off("beforeExit", notify);
  },
  holdingTimers: {
    set: (callback, delayMs) => setTimeout(callback, delayMs),
    clear: (handle) => clearTimeout(handle as NodeJS.Timeout),
  },
  elapsedMs: () => performance.now(),
};

/** Node goes on by itself while a timer holds it. */
function notify(): void {
  for (const watch of [...watches]) onOutOfWork(watch);
}
