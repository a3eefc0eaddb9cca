/**
 * The delivery machine: functions over one small state record, which they change in place, and a record of effects,
 * which they call. It decides and does nothing: no I/O, no clock, no randomness, no payload.
 *
 * Two rules carry the contract's section 5:
 * 1. One request at a time, always from the front: order needs nothing else.
 * 2. An operation leaves the outbox only through `remove` (an answer said so), or `drop` and `evict` (and the app is told).
 *
 * A flush is a goal: that many operations at the front are to be settled. It ends when the goal reaches 0, or when
 * delivery stops with everything kept (key refused, retries used up, abandoned). Waiting callers are goals too.
 */
import type { Effects } from "./effects.ts";
import type { DeliveryConfig, DeliveryState } from "./state.ts";

/** What every function of the machine works on. A client is one, with more in it. */
export interface Machine {
  readonly delivery: DeliveryState;
  readonly config: DeliveryConfig;
  readonly effects: Effects;
}
