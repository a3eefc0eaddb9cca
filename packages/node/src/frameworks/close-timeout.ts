import { integer, MAX_TIMER_MS } from "@whisperr/core";

/** How long the end of a server may wait for what is queued, in ms. Throws an Error that names `closeTimeoutMs` when it makes no sense. */
export function closeTimeout(closeTimeoutMs: number | undefined): number {
  return integer("closeTimeoutMs", closeTimeoutMs, 5_000, 0, MAX_TIMER_MS);
}
