/** Numbers from outside, such as the host's clock and dice, which tests and other scripts replace: whatever throws or is none, nothing ends by it. */
import { attempt } from "./attempt.ts";
import type { Ports } from "./ports.ts";

/** A `Date` reaches no further, in either direction. */
export const MAX_TIME_MS = 8.64e15;

/** Wall-clock ms since 1970; NaN when the host does not say. */
export function timeOf({ nowMs }: Pick<Ports, "nowMs">): number {
  return numberOf(nowMs);
}

/** A number in [0, 1), for jitter: the middle when the host gives none, for a wait that is no number is no wait. */
export function randomOf({ random }: Pick<Ports, "random">): number {
  const drawn = numberOf(random);
  return drawn >= 0 && drawn < 1 ? drawn : 0.5;
}

/** NaN where it is none, or is not to be had. */
export const numberOf = (ask: () => unknown): number => attempt(() => Number(ask()), Number.NaN);
