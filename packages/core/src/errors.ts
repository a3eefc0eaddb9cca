/** What the app hears through `onError`, and the words for it. */
import { type Answer, serverErrorText } from "./outcome.ts";

/** Why an operation was dropped: the keys of `stats().dropped` (contract, section 5). */
export type DropReason =
  /** The user id is missing, blank, or neither text nor a whole number. */
  | "invalid_user_id"
  /** The event name is not lowercase snake_case. */
  | "invalid_event_type"
  /** `properties` is not an object. */
  | "invalid_properties"
  /** `context` is not an object. */
  | "invalid_context"
  /** The second argument of `identify()` or its `traits` is not an object. */
  | "invalid_traits"
  /** A channel, shortcut or `preferredChannel` is not usable. */
  | "invalid_channels"
  /** A value refers to itself, or throws when it is read. */
  | "unserializable"
  /** Larger than one operation may be, or refused by the server as too large (413). */
  | "too_large"
  /** `maxQueueSize` was reached; the oldest went. */
  | "queue_full"
  /** `beforeSend` returned null. Counted, but not an error. */
  | "before_send"
  /** `beforeSend` threw or returned no event. */
  | "before_send_failed"
  /** The server refused it (4xx). */
  | "rejected"
  /** The server took the batch and counted it as rejected. */
  | "rejected_by_server"
  /** The outbox threw. */
  | "outbox_failed"
  /** The call came after `shutdown()`. */
  | "shut_down";

/** An error as `onError` gets it: a plain value, never thrown. */
export interface WhisperrError {
  /**
   * - `auth`: the key was refused; everything is kept, and delivery tries again at the next flush.
   * - `retry_exhausted`: the API could not be reached, in all attempts or before a deadline; everything is kept for a
   *   later flush.
   * - `dropped`: operations are gone; `reason` and `count` say why and how many.
   */
  readonly type: "auth" | "dropped" | "retry_exhausted";
  /** What happened, to what, and what to do. Never holds the key. */
  readonly message: string;
  readonly reason?: DropReason;
  /** The HTTP status that decided, when one did. */
  readonly status?: number;
  /** Operations concerned: dropped, or kept. */
  readonly count?: number;
  /** `$message_id`s of the events concerned, as far as they are known; at most 100. */
  readonly messageIds?: readonly string[];
}

/** More ids than this would make an error report larger than what it reports. */
export const MAX_REPORTED_IDS = 100;

/** `401: invalid_key: The key is unknown`, or the network's own words. */
export function describeAnswer(answer: Answer): string {
  if ("failure" in answer) return answer.failure;
  const words = serverErrorText(answer.body);
  return `${answer.status}${words === "" ? "" : `: ${words}`}`;
}

export function authMessage(answer: Answer): string {
  return `The API refused the key (${describeAnswer(answer)}). Everything is kept and sent again at the next flush; check apiKey.`;
}

export function retryExhaustedMessage(answer: Answer, attempts: number): string {
  const status = "status" in answer ? answer.status : 200;
  const hint =
    status < 200 || (status >= 300 && status < 400) ? " It answers with a redirect: check baseUrl." : "";
  return `Delivery failed ${attempts} times (last: ${describeAnswer(answer)}).${hint} Everything is kept for a later flush.`;
}

/** A deadline passed: of `shutdown()`, or of a process that ends. */
export function abandonedMessage(count: number): string {
  const operations = count === 1 ? "1 operation" : `${count} operations`;
  return `The time for delivery is over with ${operations} still queued. A queue in memory ends with its process: allow more time, or look why delivery lags.`;
}

export function droppedMessage(
  reason: "queue_full" | "rejected" | "too_large" | "rejected_by_server",
  answer?: Answer,
): string {
  const words = answer === undefined ? "" : ` (${describeAnswer(answer)})`;
  switch (reason) {
    case "queue_full":
      return "The queue is full, so the oldest operations were dropped; raise maxQueueSize, or look why delivery lags.";
    case "rejected":
      return `The API refused this for good${words}; it will not be sent again.`;
    case "too_large":
      return `The API refused this as too large${words}; send less in one event.`;
    case "rejected_by_server":
      return "The API took the batch but refused some of its events for good; it does not say which.";
  }
}
