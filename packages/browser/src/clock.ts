/** The browser's clock and timers as ports. Looked up at each call, so that fake timers installed by a test take hold. */
import { attempt, numberOf, outsideZones, type Timers, timersIn } from "@whisperr/core";

export const timers: Timers = timersIn(outsideZones, {
  set: (callback, delayMs) => setTimeout(() => attempt(callback), delayMs),
  clear: (handle) => clearTimeout(handle as number | undefined),
});

/** NaN when the page does not say. */
export const nowMs = (): number => numberOf(() => Date.now());
