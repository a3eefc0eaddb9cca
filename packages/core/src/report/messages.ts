/** The words for what the app hears through `onError`. */

import { words } from "../events/refusal.ts";
import { type Answer, errorOf, isMisdirected } from "../http/exchange.ts";
import { explain } from "./sentences.ts";

/** More ids than this would make an error report larger than what it reports. */
export const MAX_REPORTED_IDS = 100;

/** `401: invalid_key: The key is unknown`, or the network's own words. */
export function describeAnswer(answer: Answer): string {
  const { code, message } = errorOf(answer.body);
  return answer.failure ?? words(`${answer.status || "a redirect"}`, code, message);
}

/**
 * What happened, and the answer that decided, when one did. `count`: the attempts that failed, or the operations that are still
 * queued when a deadline has passed, of `shutdown()` or of a process that ends.
 */
export function messageOf(what: Parameters<typeof explain>[0], answer?: Answer, count = 0): string {
  // A clock that is wrong is a reason for the API to refuse events, and none for anything else.
  const aheadMs = (what.startsWith("rejected") && answer?.clockAheadMs) || 0;
  const isElsewhere = answer !== undefined && isMisdirected(answer);
  const sentence = explain(what, count, isElsewhere, Math.round(aheadMs / 1000));
  return `${sentence}${answer ? ` (${describeAnswer(answer)})` : ""}.`;
}
