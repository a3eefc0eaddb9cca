/** Why operations are dropped: the `reason` of an error, and the keys of `stats().dropped`. A test compares them with the cases. */

export interface ReasonFact {
  /** It applies when … */
  readonly when: string;
  /** It is counted, but `onError` hears nothing of it. */
  readonly silent?: true;
}

export const REASONS: Readonly<Record<string, ReasonFact>> = {
  invalid_user_id: {
    when: "the user id is missing, blank, or neither text nor a whole number; looked at before everything else",
  },
  invalid_event_type: {
    when: "the event name is no text, or not `^[a-z0-9]+(?:_[a-z0-9]+)*$`; looked at before the properties",
  },
  invalid_properties: {
    when: "`properties` is neither an object nor null nor left out; a date, a list and a function are no object",
  },
  invalid_context: { when: "the same of `context`" },
  invalid_traits: { when: "the same of the second argument of `identify()`, or of its `traits`" },
  invalid_channels: {
    when: "a channel, shortcut or `preferredChannel` is not usable: another type, no address or a blank one, `optedIn` that is no boolean. A blank shortcut is one that was not given",
  },
  unserializable: {
    when: "a value refers to itself or throws when it is read, at any depth; or it is NaN or infinite, where the language does not write null for those",
  },
  too_large: { when: "one operation alone is answered with 413, or larger than the SDK lets any be" },
  queue_full: {
    when: "`maxQueueSize` or `maxQueueBytes` was exceeded, and this was the oldest that is not in flight",
  },
  before_send: { when: "`beforeSend` returned null", silent: true },
  before_send_failed: { when: "`beforeSend` threw, or returned neither an event nor null" },
  rejected: {
    when: "the operation alone was answered with another 4xx, or belongs to a server that refuses everything",
  },
  undeliverable: {
    when: "the operation failed alone in all its attempts, one behind it was accepted, and it failed once more: something on the way does not let it through",
  },
  rejected_by_server: { when: "a 2xx counted it in `rejected`; the status of the error is that 2xx" },
  shut_down: { when: "it was called after `shutdown()`, also while that still delivers" },
  opted_out: {
    when: "`optOut()` discarded it. What is called after that is counted under the same reason, and not reported",
  },
  reset: { when: "it was held for a visitor whom `reset()` forgot" },
};
