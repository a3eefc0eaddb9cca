/** What became of operations, in sentences. A production build for browsers has `words.ts` in the place of this file. */
import type { DropReason, WhisperrError } from "../errors.ts";
import { counted } from "./counted.ts";

const TEXTS: { readonly [what in DropReason | WhisperrError["type"] | "abandoned"]?: string } = {
  auth: "The API refused the key, everything is kept until the next flush: check apiKey",
  retry_exhausted: "Everything is kept for a later flush, delivery failed",
  abandoned: "Out of time, allow more",
  queue_full: "The queue is full, the oldest were dropped: raise maxQueueSize or maxQueueBytes",
  rejected: "The API refused this for good",
  too_large: "The API refused this as too large: send less at once",
  undeliverable: "This failed in all attempts, alone, while the API takes others",
  rejected_by_server: "The API refused some of this batch for good",
  opted_out: "The user opted out, the queue is discarded",
  reset: "reset() before identify(), held events are discarded",
  outbox_failed: "The outbox lost what it held",
  corrupt: "Stored operations are unreadable and discarded",
  too_old: "Stored operations are older than 30 days and discarded",
  storage_failed: "Storage is blocked or full, operations wait in memory",
};

/**
 * What happened, in a sentence without its full stop. `count`: the attempts that failed, or what is still queued. `isElsewhere`: what
 * answered is not the API. `secondsAhead`: of the API's, the clock here.
 */
export function explain(
  what: keyof typeof TEXTS,
  count: number,
  isElsewhere: boolean,
  secondsAhead: number,
): string {
  let more = "";
  if (what === "abandoned") more = `: ${counted(count, "operation")} still queued`;
  if (what === "retry_exhausted") more = ` after ${counted(count, "attempt")}`;
  if (isElsewhere) more += ": this is not the ingestion API, check baseUrl";
  if (secondsAhead)
    more = `: the clock here is ${Math.abs(secondsAhead)} s ${secondsAhead > 0 ? "ahead" : "behind"}`;
  return `${TEXTS[what] ?? what}${more}`;
}

/** Behind what is printed once for want of an `onError`. */
export const ONLY_ONCE: string = " Further errors of this kind are not printed; onError gets all of them.";
