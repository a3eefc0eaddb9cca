/** How long a message that failed stays away. The Queue counts attempts, so the waits must make few of them last. */
import { backoffDelayMs } from "@whisperr/core";

/** The longest delay a Queue takes: 24 hours. */
export const MAX_DELAY_SECONDS = 86_400;

export interface RetryDelay {
  readonly baseSeconds: number;
  readonly maxSeconds: number;
}

/**
 * Whole seconds, 1 or more, after the `attempts`-th delivery failed. `afterMs`: what the server asked for; it is kept at
 * least, and doubled too when the server asks for it again and again, or a busy hour would use up `max_retries`.
 */
export function retryDelaySeconds(
  attempts: number,
  random: number,
  { baseSeconds, maxSeconds }: RetryDelay,
  afterMs?: number,
): number {
  if (afterMs !== undefined) {
    const asked = Math.ceil(afterMs / 1000);
    return Math.max(asked, Math.min(asked * 2 ** (attempts - 1), maxSeconds));
  }
  const delayMs = backoffDelayMs(attempts, random, { baseMs: baseSeconds * 1000, maxMs: maxSeconds * 1000 });
  return Math.max(1, Math.round(delayMs / 1000));
}
