/** Deno's clock and timers as ports. Looked up at each call, so that fake timers installed by a test take hold. */
import { outsideZones, type Timers, timersIn } from "@whisperr/core";
import { unrefTimer } from "./deno-api.ts";

/** Timers that keep the process alive. */
export const holdingTimers: Timers = timersIn(outsideZones, {
  set: (callback, delayMs) => setTimeout(callback, delayMs),
  clear: (handle) => clearTimeout(handle as number | undefined),
});

/** Timers that fire while the process lives, but never keep it alive. */
export const timers: Timers = {
  set(callback, delayMs) {
    const handle = holdingTimers.set(callback, delayMs);
    unrefTimer(handle);
    return handle;
  },
  clear: holdingTimers.clear,
};

export const nowMs = (): number => Date.now();
