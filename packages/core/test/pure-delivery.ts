/**
 * Delivers a queue with nothing but the transition function and a server that is a function: hundreds of full
 * deliveries a second, to count requests.
 */
import type { DeliveryConfig } from "../src/delivery/state.ts";
import { initialState } from "../src/delivery/state.ts";
import type { Outcome } from "../src/http/exchange.ts";
import { answered, appended, batchCut, CONFIG, timerFired } from "./machine-builders.ts";
import { transition } from "./transition.ts";

export interface PureDelivery {
  readonly requests: number;
  readonly delivered: number[];
  readonly dropped: number[];
}

export const FULL_BATCH: DeliveryConfig = {
  ...CONFIG,
  flushAt: 1,
  maxQueueSize: 100_000,
  maxBatchSize: 500,
};

/**
 * `server` answers for the operations that a request carries. Each is a number: its place at the start. `perFlush` of
 * them are queued at a time, the next ones when the flush they start has ended. Where a flush waits, that takes no time.
 */
export function deliver(
  count: number,
  server: (batch: readonly number[]) => Outcome,
  config: DeliveryConfig = FULL_BATCH,
  perFlush: number = count,
): PureDelivery {
  const delivered: number[] = [];
  const dropped: number[] = [];
  const queue: number[] = [];
  let requests = 0;
  let state = initialState(config);

  for (let queued = 0; queued < count; queued += perFlush) {
    const arriving = Math.min(perFlush, count - queued);
    for (let i = 0; i < arriving; i++) queue.push(queued + i);
    let step = transition(state, appended(arriving), config);
    for (;;) {
      const send = step.effects.find((effect) => effect.type === "send");
      if (send === undefined) {
        if (step.state.phase !== "backoff") break;
        step = transition(step.state, timerFired, config);
        continue;
      }
      const batch = queue.slice(0, send.limit);
      requests++;
      step = transition(step.state, batchCut(batch.length), config);
      step = transition(step.state, answered(server(batch)), config);
      for (const effect of step.effects) {
        if (effect.type === "remove") delivered.push(...queue.splice(0, effect.count));
        if (effect.type === "drop") dropped.push(...queue.splice(0, effect.count));
      }
    }
    state = step.state;
  }
  return { requests, delivered, dropped };
}
