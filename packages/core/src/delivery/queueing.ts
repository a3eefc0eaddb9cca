/** What comes into the queue and what leaves it unsent. */
import { sizingAfterEviction } from "./batch-sizing.ts";
import type { Effect } from "./effect.ts";
import { goOn, letGo, startFlush } from "./flushing.ts";
import type { InputOf } from "./input.ts";
import type { DeliveryConfig, DeliveryState } from "./state.ts";
import { inSequence, leave, type Step, unchanged } from "./step.ts";

export function appendWhileIdle(
  state: DeliveryState,
  { count }: InputOf<"appended">,
  config: DeliveryConfig,
): Step {
  const appended = append(state, count, config);
  if (appended.state.fresh >= config.flushAt) return inSequence(appended, startFlush(appended.state, config));
  if (state.pending > 0 || config.flushIntervalMs === 0) return appended;
  return { ...appended, effects: [...appended.effects, { type: "wake", afterMs: config.flushIntervalMs }] };
}

/** A flush that falls due while another runs becomes part of it. */
export function appendWhileFlushing(
  state: DeliveryState,
  { count }: InputOf<"appended">,
  config: DeliveryConfig,
): Step {
  const appended = append(state, count, config);
  if (appended.state.fresh < config.flushAt) return appended;
  return { ...appended, state: { ...appended.state, fresh: 0, goal: appended.state.pending } };
}

/**
 * Beyond `maxQueueSize` the oldest go, except those in flight: they may be arriving this moment, and nobody could say
 * they were dropped. Every `track()` comes through here, on a full queue too: one copy of the state, no more.
 */
export function append(state: DeliveryState, added: number, config: DeliveryConfig): Step {
  const pending = state.pending + added;
  const count = pending - config.maxQueueSize;
  if (count <= 0) return unchanged({ ...state, pending, fresh: state.fresh + added });
  const offset = state.inFlight;
  const sizing = sizingAfterEviction(state.sizing, offset, count);
  const left = leave(sizing === state.sizing ? state : { ...state, sizing }, offset, count, added);
  return { state: left.state, effects: [{ type: "evict", offset, count }, ...left.effects] };
}

/** Operations that earlier pages left behind come first, as if they had been queued all along, and are due at once. */
export function adopt(
  state: DeliveryState,
  { count, doubtful, leaseMs }: InputOf<"adopted">,
  config: DeliveryConfig,
): Step {
  const { pending, goal, flushes, sizing } = state;
  const evicted = Math.max(0, pending + count - config.maxQueueSize);
  const limit = doubtful > 0 ? Math.min(sizing.limit, doubtful) : sizing.limit;
  const joined: DeliveryState = {
    ...state,
    phase: "throttled",
    goal: goal + count,
    flushes: flushes.map((one) => one + count),
    sizing: { ...sizing, limit },
  };
  const left = leave(joined, 0, evicted, count);
  const next = { ...left.state, fresh: Math.min(state.fresh, left.state.pending) };
  const effects: Effect[] = evicted > 0 ? [{ type: "evict", offset: 0, count: evicted }] : [];
  effects.push(...left.effects);
  if (count > 0 && leaseMs > 0)
    return { state: next, effects: [...effects, { type: "wake", afterMs: leaseMs }] };
  return inSequence({ state, effects }, goOn(next, undefined, config));
}

// Withdrawing: another page has taken operations over, or the user took them back

export function withdraw(state: DeliveryState, offset: number, count: number): Step {
  return leave({ ...state, sizing: sizingAfterEviction(state.sizing, offset, count) }, offset, count);
}

/** A request that carries some of them is let go of. Nothing may be sent that the running flush is not for. */
export function withdrawWhileFlushing(
  state: DeliveryState,
  { offset, count }: InputOf<"withdrawn">,
  config: DeliveryConfig,
): Step {
  const carried = offset < state.inFlight;
  const left = withdraw(carried ? { ...state, inFlight: 0 } : state, offset, count);
  if (!carried && (left.state.goal > 0 || state.inFlight > 0)) return left;
  const next = goOn(left.state, undefined, config);
  return inSequence(left, state.phase === "sending" ? letGo(left.state, next) : next);
}
