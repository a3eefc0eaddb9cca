/** Everything that can happen to the delivery machine. Randomness arrives as an argument; time only as "the timer fired". */
import type { Outcome } from "../outcome.ts";

export type Input =
  /** `count` operations were put at the end of the outbox. */
  | { readonly type: "appended"; readonly count: number }
  /** The app called `flush()`. */
  | { readonly type: "flushRequested" }
  /** The batch for the last `send` effect was cut: it carries `count` operations, 1 or more. */
  | { readonly type: "batchCut"; readonly count: number }
  /** The request ended. `random` in [0, 1) feeds the jitter. */
  | { readonly type: "answered"; readonly outcome: Outcome; readonly random: number }
  /** The one timer, set by the last `wake` effect, fired. */
  | { readonly type: "timerFired" }
  /** Waiting longer has no point (back online, process about to end): skip the rest of a backoff. */
  | { readonly type: "retryNow" }
  /** The app called `shutdown()`. */
  | { readonly type: "stopRequested" }
  /** A deadline passed: give up on what is under way and keep everything. */
  | { readonly type: "abandoned" }
  /**
   * `count` operations of earlier pages were put in front. The first `doubtful` may have been under way when their page
   * ended, and may be for `leaseMs` yet: they go first, on their own, after that. Ends `starting`.
   */
  | {
      readonly type: "adopted";
      readonly count: number;
      readonly doubtful: number;
      readonly leaseMs: number;
    }
  /** `count` operations from `offset` on are no longer this queue's; a request that carries some is let go of. */
  | { readonly type: "withdrawn"; readonly offset: number; readonly count: number };

export type InputOf<T extends Input["type"]> = Extract<Input, { type: T }>;

/** How many operations there are once a waiting input is handled, evictions aside. */
export function pendingAfter(pending: number, input: Input): number {
  if (input.type === "appended" || input.type === "adopted") return pending + input.count;
  return input.type === "withdrawn" ? pending - input.count : pending;
}
