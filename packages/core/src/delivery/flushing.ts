/** How a flush starts, goes on and ends. A flush is a goal: that many operations at the front are to be settled. */
import type { Effect } from "./effect.ts";
import type { DeliveryConfig, DeliveryState } from "./state.ts";
import { endFlushes, inSequence, type Step } from "./step.ts";

/** A caller waits for everything queued now. */
export function join(state: DeliveryState): DeliveryState {
  return { ...state, fresh: 0, goal: state.pending, flushes: [...state.flushes, state.pending] };
}

export function stop(state: DeliveryState): DeliveryState {
  return { ...state, stopping: true };
}

export function startFlush(state: DeliveryState, config: DeliveryConfig): Step {
  if (state.pending === 0) return rest(state, "idle", config);
  return send({ ...state, fresh: 0, goal: state.pending, failures: 0 });
}

/** A wait is over. */
export function goOn(state: DeliveryState, _input: unknown, config: DeliveryConfig): Step {
  return state.goal > 0 ? send(state) : rest(state, "idle", config);
}

export function send(state: DeliveryState): Step {
  return {
    state: { ...state, phase: "sending", inFlight: 0 },
    effects: [
      { type: "wake", afterMs: null },
      { type: "send", limit: state.sizing.limit },
    ],
  };
}

/** Ends the running flush with whatever is left kept in the queue. */
export function rest(
  state: DeliveryState,
  phase: "idle" | "held" | "throttled",
  config: DeliveryConfig,
  afterMs?: number,
): Step {
  const interval = state.pending > 0 && config.flushIntervalMs > 0 ? config.flushIntervalMs : null;
  const wake: Effect = { type: "wake", afterMs: state.stopping ? null : (afterMs ?? interval) };
  const ended = endFlushes({ ...state, phase: state.stopping ? "stopped" : phase, inFlight: 0 });
  return { state: ended.state, effects: [wake, ...ended.effects] };
}

/** `ending`, and the app hears of it when operations stay behind: nobody may be left to deliver them. */
export function giveUp(state: DeliveryState, ending: Step): Step {
  if (state.pending === 0) return ending;
  return inSequence(
    { state, effects: [{ type: "report", error: "abandoned", attempts: state.failures }] },
    ending,
  );
}

/** `next`, without waiting for the request under way. */
export function letGo(state: DeliveryState, next: Step): Step {
  return inSequence({ state, effects: [{ type: "abort" }] }, next);
}
