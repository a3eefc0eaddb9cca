/** What the app hears through `onError`, and the words for it. */

/** Why an operation was dropped: the keys of `stats().dropped`. */
export type DropReason =
  /** The user id is missing, blank, or neither text nor a whole number. */
  | "invalid_user_id"
  /** The event name is not lowercase snake_case. */
  | "invalid_event_type"
  /** `events` has no schema of it, or it violates its schema. */
  | "invalid_event"
  /** `properties` is not an object. */
  | "invalid_properties"
  /** `context` is not an object. */
  | "invalid_context"
  /** The second argument of `identify()` or its `traits` is not an object, or the traits violate their schema. */
  | "invalid_traits"
  /** A channel, shortcut or `preferredChannel` is not usable. `count` is 0 where the rest of the identify is sent. */
  | "invalid_channels"
  /** A value refers to itself, or throws when it is read; or the clock shows no time. */
  | "unserializable"
  /** Larger than one operation may be, or refused by the server as too large (413). */
  | "too_large"
  /** `maxQueueSize` or `maxQueueBytes` was reached; the oldest went. */
  | "queue_full"
  /** `beforeSend` returned null. Counted, but not an error. */
  | "before_send"
  /** `beforeSend` threw or returned no event. */
  | "before_send_failed"
  /** The server refused it (4xx). */
  | "rejected"
  /** It alone got no answer that settled it, in all attempts, while the server took what stood behind it. */
  | "undeliverable"
  /** The server took the batch and counted it as rejected. */
  | "rejected_by_server"
  /** The outbox threw. */
  | "outbox_failed"
  /** The call came after `shutdown()`. */
  | "shut_down"
  /** Middleware of a framework: the request has no user. Counted; an error once per process. */
  | "no_user"
  /** Client SDKs: `optOut()` discarded it, or it came after that; the latter is counted, but not an error. */
  | "opted_out"
  /** Client SDKs: held for a visitor whom `reset()` forgot. */
  | "reset"
  /** What was stored can no longer be read. */
  | "corrupt"
  /** Client SDKs: stored more than 30 days ago; the server takes nothing that old. */
  | "too_old"
  /** Client SDKs: the storage is blocked or full, so operations wait in memory; nothing is gone yet, `count` is 0. */
  | "storage_failed";

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
  /** Of `dropped`: why. */
  readonly reason?: DropReason;
  /** The HTTP status that decided, when one did. */
  readonly status?: number;
  /** Operations concerned: dropped, or kept. */
  readonly count?: number;
  /** `$message_id`s of the events concerned, as far as they are known; at most 100. */
  readonly messageIds?: readonly string[];
}
