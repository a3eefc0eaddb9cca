/** Contract, section 4: bounded exponential backoff with jitter. */

/**
 * Milliseconds to wait after the `failures`-th consecutive failed attempt (1 or more): the exponential step, capped,
 * of which the upper half is drawn from `random` in [0, 1). So a fleet that failed together does not return together.
 */
export function backoffDelayMs(
  failures: number,
  random: number,
  { baseMs, maxMs }: { readonly baseMs: number; readonly maxMs: number },
): number {
  const step = Math.min(maxMs, baseMs * 2 ** (failures - 1));
  return Math.round(step * (0.5 + 0.5 * random));
}
