/** The words for what the app hears through `onError`. */
import { explain } from "../development.ts";
import { words } from "../events/refusal.ts";
import { type Answer, errorOf } from "../http/outcome.ts";

/** More ids than this would make an error report larger than what it reports. */
export const MAX_REPORTED_IDS = 100;

/** `401: invalid_key: The key is unknown`, or the network's own words. */
export function describeAnswer(answer: Answer): string {
  const { code, message } = errorOf(answer.body);
  return answer.failure ?? words(`${answer.status || "a redirect"}`, code, message);
}

export function retryExhaustedMessage(answer: Answer, attempts: number): string {
  // Tried again and yet below 400: it is no answer of the API's.
  const hint = answer.failure === undefined && answer.status < 400 ? ": a redirect, check baseUrl" : "";
  return messageOf("retry_exhausted", answer, ` after ${counted(attempts, "attempt")}${hint}`);
}

/** A deadline passed: of `shutdown()`, or of a process that ends. */
export function abandonedMessage(count: number): string {
  return messageOf("abandoned", undefined, `: ${counted(count, "operation")} still queued`);
}

/** What happened, and the answer that decided, when one did. */
export function messageOf(what: Parameters<typeof explain>[0], answer?: Answer, more = ""): string {
  return `${explain(what)}${more}${answer ? ` (${describeAnswer(answer)})` : ""}.`;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
