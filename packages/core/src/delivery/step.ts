/** What a transition returns, and the two ways steps are made of others. */
import type { Effect } from "./effect.ts";
import type { DeliveryState } from "./state.ts";

/** The next state, and what to do on the way there, in order. */
export interface Step {
  readonly state: DeliveryState;
  readonly effects: readonly Effect[];
}

export const NO_EFFECTS: readonly Effect[] = [];

export const unchanged = (state: DeliveryState): Step => ({ state, effects: NO_EFFECTS });

/**
 * `count` operations leave from `offset` on: every goal behind them moves up, and flushes that reach 0 end. `added`
 * have just come in at the end.
 */
export function leave(state: DeliveryState, offset: number, count: number, added = 0): Step {
  const moved = (goal: number) => goal - Math.min(Math.max(goal - offset, 0), count);
  const pending = state.pending + added - count;
  const fresh = Math.min(state.fresh + added, pending);
  const goal = moved(state.goal);
  if (state.flushes.length === 0) return unchanged({ ...state, pending, fresh, goal });
  const goals = state.flushes.map(moved);
  const waiting = goals.filter((one) => one > 0);
  const done = goals.length - waiting.length;
  return {
    state: { ...state, pending, fresh, goal, flushes: waiting },
    effects: done === 0 ? NO_EFFECTS : [{ type: "flushed", count: done }],
  };
}

/** Both, one after the other; `second` was made from the state that `first` led to. */
export function inSequence(first: Step, second: Step): Step {
  return { state: second.state, effects: [...first.effects, ...second.effects] };
}

/** Whoever waits, waits no longer; what is left stays queued. */
export function endFlushes(state: DeliveryState): Step {
  const count = state.flushes.length;
  return {
    state: { ...state, goal: 0, flushes: [], failures: 0 },
    effects: count > 0 ? [{ type: "flushed", count }] : NO_EFFECTS,
  };
}
