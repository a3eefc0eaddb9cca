/** `shutdown()`: the last flush, with or without a deadline. */

import { abandon, type FlushResult, stop } from "../loop/flush.ts";
import { MAX_TIMER_MS } from "../options.ts";
import type { Client } from "./client.ts";

export function shutDown(client: Client, given: unknown): Promise<FlushResult> {
  const { timers } = client.ports;
  const stopped = stop(client);
  // Computed deadlines come out negative or fractional at times; that is no reason to throw on the way out.
  const timeoutMs = typeof given === "number" ? Math.ceil(given) : Number.NaN;
  if (timeoutMs <= MAX_TIMER_MS) {
    const timer = timers.set(() => abandon(client), Math.max(timeoutMs, 0));
    void stopped.then(() => timers.clear(timer));
  }
  return stopped;
}
