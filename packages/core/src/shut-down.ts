/** `shutdown()`: the last flush, with or without a deadline. */

import type { FlushResult } from "./flush-callers.ts";
import type { EffectLoop } from "./loop.ts";
import { MAX_TIMER_MS } from "./options.ts";
import type { Timers } from "./ports.ts";

export function shutDown(loop: EffectLoop, timers: Timers, given: unknown): Promise<FlushResult> {
  const stopped = loop.stop();
  // Computed deadlines come out negative or fractional at times; that is no reason to throw on the way out.
  const timeoutMs = typeof given === "number" ? Math.ceil(given) : Number.NaN;
  if (timeoutMs <= MAX_TIMER_MS) {
    const timer = timers.set(loop.abandon, Math.max(timeoutMs, 0));
    void stopped.then(() => timers.clear(timer));
  }
  return stopped;
}
