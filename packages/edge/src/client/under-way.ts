/** When a platform is to keep a request for its client. */
import type { Client } from "@whisperr/core";

/**
 * Something of the client is under way, or waits for a moment that will come by itself. Not so while delivery has stopped
 * with everything kept, though the wait that a server asked for may go on.
 */
export function isUnderWay({ phase, goal, fresh, timer }: Client): boolean {
  if (phase === "sending") return true;
  if (timer === undefined) return false;
  return phase !== "throttled" || goal + fresh > 0;
}
