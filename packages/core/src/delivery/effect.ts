/** Why delivery stops while everything is kept: key refused, retries used up, a deadline passed. */
export type KeptBecause = "auth" | "retry_exhausted" | "abandoned";

/** Everything the delivery machine can ask for. The effect loop (`../effect-loop.ts`) carries these out, in order. */
export type Effect =
  /** Cut a batch of at most `limit` operations from the front, answer with `batchCut`, send it, answer with `answered`. */
  | { readonly type: "send"; readonly limit: number }
  /** Stop waiting for the request in flight; its answer is not wanted any more. */
  | { readonly type: "abort" }
  /** The server took the first `count` operations, and says it refused `rejected` of them for good. */
  | { readonly type: "remove"; readonly count: number; readonly rejected: number }
  /** The server refused the first `count` operations for good. */
  | { readonly type: "drop"; readonly count: number; readonly reason: "rejected" | "too_large" }
  /** No room for `count` operations from position `offset` on: give them up. */
  | { readonly type: "evict"; readonly offset: number; readonly count: number }
  /** Set the one timer to fire once in `afterMs`, replacing the previous one; `null` clears it. */
  | { readonly type: "wake"; readonly afterMs: number | null }
  /** Tell the app that delivery stopped while everything is kept. */
  | { readonly type: "report"; readonly error: KeptBecause; readonly attempts: number }
  /** The oldest `count` waiting `flush()` calls have ended. */
  | { readonly type: "flushed"; readonly count: number };
