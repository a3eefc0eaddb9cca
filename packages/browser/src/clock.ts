/** The browser's clock and timers as ports. Looked up at each call, so that fake timers installed by a test take hold. */
import { attempt, outsideZones, type Timers, timersIn } from "@whisperr/core";

export const timers: Timers = timersIn(outsideZones, {
  set: (callback, delayMs) => setTimeout(() => attempt(callback, undefined), delayMs),
  clear: (handle) => clearTimeout(handle as number | undefined),
});

/** NaN when the page does not say. */
export const nowMs = (): number => attempt(() => Number(Date.now()), Number.NaN);
