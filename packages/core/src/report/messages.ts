/** The words for what the app hears through `onError`. */
import type { DropReason } from "../errors.ts";
import { words } from "../events/refusal.ts";
import { type Answer, errorOf } from "../http/outcome.ts";

/** More ids than this would make an error report larger than what it reports. */
export const MAX_REPORTED_IDS = 100;

/** `401: invalid_key: The key is unknown`, or the network's own words. */
export function describeAnswer(answer: Answer): string {
  const { code, message } = errorOf(answer.body);
  return answer.failure ?? words(`${answer.status || "a redirect"}`, code, message);
}

export function authMessage(answer: Answer): string {
  return sentence("The API refused the key, everything is kept until the next flush: check apiKey", answer);
}

export function retryExhaustedMessage(answer: Answer, attempts: number): string {
  // Tried again and yet below 400: it is no answer of the API's.
  const hint = answer.failure === undefined && answer.status < 400 ? ": a redirect, check baseUrl" : "";
  const after = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
  return sentence(`Delivery failed after ${after}, everything is kept for a later flush${hint}`, answer);
}

/** A deadline passed: of `shutdown()`, or of a process that ends. */
export function abandonedMessage(count: number): string {
  return sentence(
    `Out of time with ${count} operation${count === 1 ? "" : "s"} still queued: allow more time`,
  );
}

const DROPPED: { readonly [reason in DropReason]?: string } = {
  queue_full: "The queue is full, the oldest were dropped: raise maxQueueSize",
  rejected: "The API refused this for good",
  too_large: "The API refused this as too large: send less at once",
  rejected_by_server: "The API refused some of this batch for good",
  opted_out: "The user opted out, the queue is discarded",
  reset: "reset() before identify(), held events are discarded",
  corrupt: "Stored operations are unreadable and discarded",
  storage_failed: "Storage is blocked or full, operations wait in memory",
};

export function droppedMessage(reason: DropReason, answer?: Answer): string {
  return sentence(DROPPED[reason] ?? reason, answer);
}

function sentence(text: string, answer?: Answer): string {
  return `${text}${answer === undefined ? "" : ` (${describeAnswer(answer)})`}.`;
}
