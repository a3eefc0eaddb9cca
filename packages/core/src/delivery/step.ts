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

/** `count` operations leave from `offset` on: every goal behind them moves up, and flushes that reach 0 end. */
export function leave(state: DeliveryState, offset: number, count: number): Step {
  const moved = (goal: number) => goal - Math.min(Math.max(goal - offset, 0), count);
  const goals = state.flushes.length === 0 ? state.flushes : state.flushes.map(moved);
  const ended = goals.findIndex((goal) => goal > 0);
  const done = ended === -1 ? goals.length : ended;
  const pending = state.pending - count;
  return {
    state: {
      ...state,
      pending,
      fresh: Math.min(state.fresh, pending),
      goal: moved(state.goal),
      flushes: done === 0 ? goals : goals.slice(done),
    },
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
