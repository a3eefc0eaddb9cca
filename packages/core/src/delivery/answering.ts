/** What an answer changes. */
import { backoffDelayMs } from "../backoff.ts";
import type { Outcome } from "../outcome.ts";
import { givesUp, sizingAfterAccepted, sizingAfterDivision, sizingAfterDrop } from "./batch-sizing.ts";
import type { Effect } from "./effect.ts";
import { rest, send } from "./flushing.ts";
import type { DeliveryConfig, DeliveryState } from "./state.ts";
import { inSequence, leave, type Step } from "./step.ts";

export function afterAnswer(
  state: DeliveryState,
  outcome: Outcome,
  random: number,
  config: DeliveryConfig,
): Step {
  switch (outcome.kind) {
    case "accepted": {
      const count = state.inFlight;
      const sizing = sizingAfterAccepted(state.sizing, count, config.maxBatchSize);
      return settled({ ...state, sizing }, { type: "remove", count, rejected: outcome.rejected }, config);
    }
    case "rejected":
      return afterRefusal(state, false, config);
    case "tooLarge":
      return afterRefusal(state, true, config);
    case "auth":
      return inSequence(
        { state, effects: [{ type: "report", error: "auth", attempts: 1 }] },
        rest(state, "held", config),
      );
    case "retry":
      return afterFailure(state, outcome.afterMs, random, config);
  }
}

function afterRefusal(state: DeliveryState, tooLarge: boolean, config: DeliveryConfig): Step {
  const count = state.inFlight;
  if (!givesUp(state.sizing, count)) {
    return send({ ...state, failures: 0, sizing: sizingAfterDivision(state.sizing, count, tooLarge) });
  }
  const sizing = sizingAfterDrop(state.sizing, tooLarge, config.maxBatchSize);
  const reason = tooLarge ? "too_large" : "rejected";
  return settled({ ...state, sizing }, { type: "drop", count, reason }, config);
}

/** The operations in flight are settled by `effect`; go on, or rest when the flush has reached its goal. */
function settled(state: DeliveryState, effect: Effect, config: DeliveryConfig): Step {
  const left = leave({ ...state, failures: 0 }, 0, state.inFlight);
  const next = left.state.goal > 0 ? send(left.state) : rest(left.state, "idle", config);
  return { state: next.state, effects: [effect, ...left.effects, ...next.effects] };
}

function afterFailure(
  state: DeliveryState,
  afterMs: number | undefined,
  random: number,
  config: DeliveryConfig,
): Step {
  const failures = state.failures + 1;
  const phase = afterMs === undefined ? "backoff" : "throttled";
  if (failures > config.maxRetries) {
    const report: Step = {
      state,
      effects: [{ type: "report", error: "retry_exhausted", attempts: failures }],
    };
    return inSequence(report, rest(state, phase === "throttled" ? phase : "idle", config, afterMs));
  }
  const delayMs = afterMs ?? backoffDelayMs(failures, random, config.backoff);
  return {
    state: { ...state, phase, inFlight: 0, failures },
    effects: [{ type: "wake", afterMs: delayMs }],
  };
}
