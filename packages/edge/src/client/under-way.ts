/** When, and how, a platform is asked to keep a request for its client. */
import {
  abandon,
  type Client,
  conclude,
  describeThrown,
  guard,
  noAnswer,
  step,
  timerFired,
  warnOnce,
} from "@whisperr/core";
import type { EdgeClient } from "./edge-client.ts";

/**
 * Something of the client is under way, or waits for a moment that will come by itself. Not so while delivery has stopped
 * with everything kept, though the wait that a server asked for may go on.
 */
export function isUnderWay({ phase, goal, fresh, timer }: Client): boolean {
  if (phase === "sending") return true;
  if (timer === undefined) return false;
  return phase !== "throttled" || goal + fresh > 0;
}

/**
 * Delivery has stopped with everything kept, and the app gave an interval: it goes on after it, if the platform lets a timer
 * live that no request is held for.
 */
export function mayResume({ config, pending, phase, timer }: EdgeClient): boolean {
  const isResting = phase === "idle" || phase === "unauthorized";
  return isResting && pending > 0 && !timer && config.resumeAfterMs > 0;
}

/** It goes on with what was kept. No `flush()` of the app's: in an outage such rounds become rarer. */
export function resume(client: EdgeClient): void {
  guard(client, () => step(client, timerFired));
}

/** Without it, because the platform refuses, delivery runs for as long as it lets it. */
export function keepOpen(client: EdgeClient, promise: Promise<void>): void {
  try {
    client.config.waitUntil(promise);
  } catch (error) {
    const why = describeThrown(error);
    warnOnce(client.reporter, "waitUntil", `waitUntil failed, so delivery may be cut off: ${why}`);
  }
}

/**
 * The request that is held for the client is over. What is under way then had no answer while it lasted, and counts as an attempt:
 * where each request ends sooner than its timeout, an event that nobody answers would else stop all others for ever.
 */
export function endOfRequest(client: EdgeClient): void {
  if (client.phase === "sending" && client.request) cutOff(client);
  if (isUnderWay(client)) abandon(client);
}

/** The request under way ends with the one that it was sent in. */
export function cutOff(client: EdgeClient): void {
  client.effects.abort(client);
  conclude(client, noAnswer("no answer before the request that it was sent in was over"), false);
}
