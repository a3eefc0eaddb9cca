/**
 * The machine as the pure function it is: from a copied state and effects that are only noted, a step. So every pair of
 * state and input can be tabulated, every reachable state visited, and any course replayed.
 */
import { answered, batchCut } from "../src/delivery/answering.ts";
import {
  abandoned,
  flushRequested,
  hurried,
  mended,
  retryNow,
  timerFired,
} from "../src/delivery/flushing.ts";
import type { KeptBecause, Machine } from "../src/delivery/machine.ts";
import { adopted, appended, withdrawn } from "../src/delivery/queueing.ts";
import type { DeliveryConfig, DeliveryState } from "../src/delivery/state.ts";
import type { DropReason } from "../src/errors.ts";
import type { Outcome } from "../src/http/exchange.ts";

/** Everything that can happen to the machine: a function of it, and its arguments. */
export type Input =
  | { readonly type: "appended"; readonly count: number }
  | { readonly type: "hurried" }
  | { readonly type: "flushRequested" }
  | { readonly type: "batchCut"; readonly count: number }
  | {
      readonly type: "answered";
      readonly outcome: Outcome;
      readonly random: number;
      readonly isIdentify?: boolean;
    }
  | { readonly type: "timerFired" }
  | { readonly type: "retryNow" }
  | { readonly type: "stopRequested" }
  | { readonly type: "abandoned" }
  | { readonly type: "adopted"; readonly count: number; readonly doubtful: number }
  | { readonly type: "withdrawn"; readonly offset: number; readonly count: number }
  | {
      readonly type: "mended";
      readonly pending: number;
      readonly waiting: number;
      readonly isLast: boolean;
      readonly isUnderWay: boolean;
    };

/** Everything the machine can ask for: a function of `Effects`, and its arguments. */
export type Effect =
  | { readonly type: "send"; readonly limit: number; readonly offset?: number }
  | { readonly type: "abort" }
  | { readonly type: "remove"; readonly count: number; readonly rejected: number; readonly offset?: number }
  | { readonly type: "drop"; readonly offset: number; readonly count: number; readonly reason: DropReason }
  | { readonly type: "wake"; readonly afterMs: number | null }
  | { readonly type: "report"; readonly error: KeptBecause; readonly attempts: number }
  | { readonly type: "flushed"; readonly count: number };

/** The next state, and what was asked for on the way there, in order. */
export interface Step {
  readonly state: DeliveryState;
  readonly effects: readonly Effect[];
}

export function transition(state: Readonly<DeliveryState>, input: Input, config: DeliveryConfig): Step {
  const noted: Effect[] = [];
  const machine: Machine = {
    ...state,
    flushes: [...state.flushes],
    config,
    effects: {
      send: ({ limit, offset }) =>
        void noted.push(offset > 0 ? { type: "send", limit: 1, offset } : { type: "send", limit }),
      abort: () => void noted.push({ type: "abort" }),
      remove: (_, offset, count, rejected) =>
        void noted.push({ type: "remove", count, rejected, ...(offset > 0 && { offset }) }),
      drop: (_, offset, count, reason) => void noted.push({ type: "drop", offset, count, reason }),
      wake: (_, afterMs) => void noted.push({ type: "wake", afterMs: afterMs || null }),
      report: (_, error, attempts) => void noted.push({ type: "report", error, attempts }),
      flushed: (_, count) => void noted.push({ type: "flushed", count }),
    },
  };
  happen(machine, input);
  const { config: _config, effects: _effects, ...after } = machine;
  return { state: after, effects: noted };
}

function happen(machine: Machine, input: Input): void {
  switch (input.type) {
    case "appended":
      return appended(machine, input.count);
    case "hurried":
      return hurried(machine);
    case "flushRequested":
      return flushRequested(machine);
    case "batchCut":
      return batchCut(machine, input.count);
    case "answered":
      return answered(machine, input.outcome, input.random, input.isIdentify);
    case "timerFired":
      return timerFired(machine);
    case "retryNow":
      return retryNow(machine);
    case "stopRequested":
      return flushRequested(machine, true);
    case "abandoned":
      return abandoned(machine);
    case "adopted":
      return adopted(machine, input.count, input.doubtful);
    case "withdrawn":
      return withdrawn(machine, input.offset, input.count);
    case "mended":
      return mended(machine, input.pending, input.waiting, input.isLast, input.isUnderWay);
  }
}
