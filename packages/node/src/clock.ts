/** Node's clock and timers as ports. Looked up at each call, so that fake timers installed by a test take hold. */
import type { Timers } from "@whisperr/core";

/** Timers that fire while the process lives, but never keep it alive. */
export const timers: Timers = {
  set(callback, delayMs) {
    const handle = setTimeout(callback, delayMs);
    // Some fake timers are plain numbers.
    handle.unref?.();
    return handle;
  },
  clear: (handle) => clearTimeout(handle as NodeJS.Timeout | undefined),
};
