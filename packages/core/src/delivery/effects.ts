/** Everything the delivery machine can ask for. The loop (`../loop/effects.ts`) carries these out; a test notes them. */
import type { Machine } from "./machine.ts";

/** Why delivery stops while everything is kept: key refused, retries used up, a deadline passed. */
export type KeptBecause = "auth" | "retry_exhausted" | "abandoned";

export interface Effects {
  /** Cut a batch of at most `limit` operations from the front, say so with `batchCut`, send it, say `answered`. */
  send(machine: Machine, limit: number): void;
  /** Stop waiting for the request in flight; its answer is not wanted any more. */
  abort(machine: Machine): void;
  /** The server took the first `count` operations, and says it refused `rejected` of them for good. */
  remove(machine: Machine, count: number, rejected: number): void;
  /** The server refused the first `count` operations for good. */
  drop(machine: Machine, count: number, reason: "rejected" | "too_large"): void;
  /** No room for `count` operations from position `offset` on: they are lost. */
  evict(machine: Machine, offset: number, count: number): void;
  /** Set the one timer to fire once in `afterMs`, replacing the previous one; null clears it. */
  wake(machine: Machine, afterMs: number | null): void;
  /** Tell the app that delivery stopped while everything is kept. */
  report(machine: Machine, error: KeptBecause, attempts: number): void;
  /** The oldest `count` waiting `flush()` calls have ended. */
  flushed(machine: Machine, count: number): void;
}
