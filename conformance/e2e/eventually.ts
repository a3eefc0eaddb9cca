/** Waiting for a state instead of for a time. */
import { setTimeout as pause } from "node:timers/promises";

/** For whatever a busy machine takes: how long it was is never judged. Only what never comes costs so much. */
export const WAIT_MS = 150_000;

/** Judging everything that arrived takes a while: more often, and the machine does nothing else. */
const POLL_MS = 50;

/**
 * Resolves with what `probe` answers once that is neither false nor undefined; `probe` may throw while it is not yet
 * true. Rejects after `deadlineMs`, saying what was waited for and what `probe` threw last.
 */
export async function eventually<T>(
  what: string,
  probe: () => T | false | undefined | Promise<T | false | undefined>,
  deadlineMs: number = WAIT_MS,
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  let complaint = "";
  for (;;) {
    try {
      const value = await probe();
      if (value !== false && value !== undefined) return value;
      complaint = "";
    } catch (error) {
      complaint = `: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (performance.now() > deadline) throw new Error(`${what}: not within ${deadlineMs} ms${complaint}`);
    await pause(POLL_MS);
  }
}
