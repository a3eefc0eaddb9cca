/** The browser's clock and timers as ports. Looked up at each call, so that fake timers installed by a test take hold. */
import { outsideZones, type Timers, timersIn } from "@whisperr/core";

export const timers: Timers = timersIn(outsideZones, {
  set: (callback, delayMs) => setTimeout(callback, delayMs),
  clear: (handle) => clearTimeout(handle as number | undefined),
});

export const nowMs = (): number => Date.now();
