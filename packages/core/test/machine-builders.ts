/** Short names for the machine's states, inputs and effects, so that a test case reads as a sentence. */
import type { KeptBecause } from "../src/delivery/machine.ts";
import { type DeliveryConfig, type DeliveryState, initialState, type Phase } from "../src/delivery/state.ts";
import type { DropReason } from "../src/errors.ts";
import type { Outcome } from "../src/http/exchange.ts";
import type { Effect, Input } from "./transition.ts";

export const CONFIG: DeliveryConfig = {
  flushAt: 3,
  flushIntervalMs: 10_000,
  maxQueueSize: 5,
  maxBatchSize: 4,
  maxRetries: 2,
  backoff: { baseMs: 1000, maxMs: 30_000 },
};

export function stateIn(phase: Phase, over: Partial<DeliveryState> = {}): DeliveryState {
  return { ...initialState(CONFIG), phase, ...over };
}

export const appended = (count: number): Input => ({ type: "appended", count });
export const flushRequested: Input = { type: "flushRequested" };
export const hurried: Input = { type: "hurried" };
export const batchCut = (count: number): Input => ({ type: "batchCut", count });
export const timerFired: Input = { type: "timerFired" };
export const retryNow: Input = { type: "retryNow" };
export const stopRequested: Input = { type: "stopRequested" };
export const abandoned: Input = { type: "abandoned" };
export const adopted = (count: number, doubtful = 0): Input => ({
  type: "adopted",
  count,
  doubtful,
});
export const withdrawn = (offset: number, count: number): Input => ({ type: "withdrawn", offset, count });
export const answered = (outcome: Outcome, random = 0): Input => ({ type: "answered", outcome, random });

export const accepted = (rejected = 0): Input => answered({ kind: "accepted", rejected });
export const retry = (afterMs?: number): Input =>
  answered(afterMs === undefined ? { kind: "retry" } : { kind: "retry", afterMs });
export const blamed = answered({ kind: "retry", blames: "content" });
export const blamedSize = answered({ kind: "retry", blames: "size" });
export const auth = answered({ kind: "auth" });
export const rejected = answered({ kind: "rejected" });
export const tooLarge = answered({ kind: "too_large" });

export const send = (limit: number): Effect => ({ type: "send", limit });
export const abort: Effect = { type: "abort" };
export const remove = (count: number, refused = 0): Effect => ({ type: "remove", count, rejected: refused });
export const drop = (count: number, reason: DropReason, offset = 0): Effect => ({
  type: "drop",
  offset,
  count,
  reason,
});
export const evict = (offset: number, count: number): Effect => drop(count, "queue_full", offset);
export const wake = (afterMs: number | null): Effect => ({ type: "wake", afterMs });
export const report = (error: KeptBecause, attempts: number): Effect => ({
  type: "report",
  error,
  attempts,
});
export const flushed = (count: number): Effect => ({ type: "flushed", count });

/** `appended`, or `answered: auth`: the name of an input, with the kind of outcome where there is one. */
export function inputName(input: Input): string {
  if (input.type !== "answered") return input.type;
  const throttles = input.outcome.kind === "retry" && input.outcome.afterMs !== undefined;
  return `answered: ${input.outcome.kind}${throttles ? " after a wait" : ""}`;
}
