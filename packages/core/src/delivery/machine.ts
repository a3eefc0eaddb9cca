/**
 * The delivery machine: functions over one small state record, which they change in place, and a record of effects,
 * which they call. It decides and does nothing: no I/O, no clock, no randomness, no payload.
 *
 * Two rules carry the contract's section 5:
 * 1. One request at a time, from the front: order needs nothing else. The one exception is a probe behind a front that
 *    failed alone in all its attempts; when that is taken and the front fails once more, it is dropped.
 * 2. An operation leaves the outbox only through `remove` (an answer said so), or `drop` (and the app is told).
 *
 * A flush is a goal: that many operations at the front are to be settled. It ends when the goal reaches 0, or when
 * delivery stops with everything kept (key refused, retries used up, abandoned). Waiting callers are goals too.
 */
import type { DropReason } from "../errors.ts";
import type { DeliveryConfig, DeliveryState } from "./state.ts";

/** What every function of the machine works on. A client is one, with more in it. */
export interface Machine extends DeliveryState {
  readonly config: DeliveryConfig;
  readonly effects: Effects;
}

/** Everything the machine can ask for. The loop (`../loop/effects.ts`) carries these out; a test notes them. */
export interface Effects {
  /** Cut a batch of at most `limit` operations from `offset` on, one if that is not 0, say so with `batchCut`, send it, say `answered`. */
  send(machine: Machine): void;
  /** Stop waiting for the request in flight; its answer is not wanted any more. */
  abort(machine: Machine): void;
  /** The server took `count` operations from `offset` on, and says it refused `rejected` of them for good. */
  remove(machine: Machine, offset: number, count: number, rejected: number): void;
  /** `count` operations from position `offset` on are lost: the server refused them for good, or there is no room for them. */
  drop(machine: Machine, offset: number, count: number, reason: DropReason): void;
  /** Set the one timer to fire once in `afterMs`, replacing the previous one; 0 clears it. */
  wake(machine: Machine, afterMs: number): void;
  /** Tell the app that delivery stopped while everything is kept. */
  report(machine: Machine, error: KeptBecause, attempts: number): void;
  /** The oldest `count` waiting `flush()` calls have ended. */
  flushed(machine: Machine, count: number): void;
}

/** Why delivery stops while everything is kept: key refused, retries used up, a deadline passed. */
export type KeptBecause = "auth" | "retry_exhausted" | "abandoned";
