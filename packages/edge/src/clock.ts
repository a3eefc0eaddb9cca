/** The platform's clock and timers as ports. Looked up at each call: at global scope a Worker may not touch them. */
import type { Timers } from "@whisperr/core";

export const timers: Timers = {
  set: (callback, delayMs) => setTimeout(callback, delayMs),
  clear: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout> | undefined),
};

export const nowMs = (): number => Date.now();
