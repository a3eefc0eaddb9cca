/**
 * Delivers a queue over hours in no time: nothing but the transition function, a clock that is a number, and a server that is
 * a function of what a request carries and when.
 */
import type { DeliveryConfig } from "../src/delivery/state.ts";
import { initialState } from "../src/delivery/state.ts";
import type { DropReason } from "../src/errors.ts";
import type { Outcome } from "../src/http/exchange.ts";
import { answered, appended, batchCut } from "./machine-builders.ts";
import { transition } from "./transition.ts";

export interface TimedDelivery {
  readonly requests: readonly { readonly atMs: number; readonly batch: readonly number[] }[];
  /** In the order in which they were accepted. */
  readonly delivered: readonly number[];
  readonly dropped: readonly { readonly place: number; readonly reason: DropReason }[];
  readonly pending: readonly number[];
}

export type TimedServer = (batch: readonly number[], atMs: number, request: number) => Outcome;

/** `count` operations are queued at 0; each is a number: its place. Answers take no time. */
export function deliverFor(
  lengthMs: number,
  count: number,
  config: DeliveryConfig,
  server: TimedServer,
): TimedDelivery {
  const queue = Array.from({ length: count }, (_, place) => place);
  const requests: { atMs: number; batch: readonly number[] }[] = [];
  const delivered: number[] = [];
  const dropped: { place: number; reason: DropReason }[] = [];
  let timerMs = Number.POSITIVE_INFINITY;
  let atMs = 0;
  let step = transition(initialState(config), appended(count), config);
  for (;;) {
    let batch: readonly number[] | undefined;
    for (const effect of step.effects) {
      if (effect.type === "wake")
        timerMs = effect.afterMs === null ? Number.POSITIVE_INFINITY : atMs + effect.afterMs;
      if (effect.type === "remove") delivered.push(...queue.splice(effect.offset ?? 0, effect.count));
      if (effect.type === "drop")
        for (const place of queue.splice(effect.offset, effect.count))
          dropped.push({ place, reason: effect.reason });
      if (effect.type === "send")
        batch = queue.slice(effect.offset ?? 0, (effect.offset ?? 0) + effect.limit);
    }
    if (batch) {
      requests.push({ atMs, batch });
      const { state } = transition(step.state, batchCut(batch.length), config);
      step = transition(state, answered(server(batch, atMs, requests.length), 0.5), config);
    } else {
      if (timerMs > lengthMs) return { requests, delivered, dropped, pending: queue };
      atMs = timerMs;
      timerMs = Number.POSITIVE_INFINITY;
      step = transition(step.state, { type: "timerFired" }, config);
    }
  }
}
