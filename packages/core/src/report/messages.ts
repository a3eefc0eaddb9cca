/** The words for what the app hears through `onError`. */
import { explain } from "../development.ts";
import { words } from "../events/refusal.ts";
import { type Answer, errorOf, isMisdirected } from "../http/exchange.ts";

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
  let more = "";
  if (what === "abandoned") more = `: ${counted(count, "operation")} still queued`;
  if (what === "retry_exhausted") {
    const isElsewhere = answer && isMisdirected(answer);
    more = ` after ${counted(count, "attempt")}${isElsewhere ? ": this is not the ingestion API, check baseUrl" : ""}`;
  }
  // A clock that is wrong is a reason for the API to refuse events, and none for anything else.
  const seconds = Math.round((answer?.clockAheadMs ?? 0) / 1000);
  if (seconds && what.startsWith("rejected"))
    more = `: the clock here is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead" : "behind"}`;
  return `${explain(what)}${more}${answer ? ` (${describeAnswer(answer)})` : ""}.`;
}

export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
