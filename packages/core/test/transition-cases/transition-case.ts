/** One line of the transition table's tests: a sentence, and what it means. */

import type { DeliveryState } from "../../src/delivery/state.ts";
import {
  abandoned,
  accepted,
  adopted,
  appended,
  auth,
  batchCut,
  flushRequested,
  hurried,
  rejected,
  retry,
  retryNow,
  stopRequested,
  timerFired,
  tooLarge,
  withdrawn,
} from "../machine-builders.ts";
import type { Effect, Input } from "../transition.ts";

export interface TransitionCase {
  readonly says: string;
  readonly given: DeliveryState;
  readonly when: Input;
  /** What changes; the rest of the state must stay as it is. */
  readonly becomes: Partial<DeliveryState>;
  /** All effects, in order. */
  readonly effects: readonly Effect[];
}

/** One of each input, and of each kind of outcome. */
export const EVERY_INPUT: readonly Input[] = [
  appended(1),
  hurried,
  flushRequested,
  batchCut(1),
  accepted(),
  retry(),
  retry(5000),
  auth,
  rejected,
  tooLarge,
  timerFired,
  retryNow,
  stopRequested,
  abandoned,
  adopted(1),
  withdrawn(0, 1),
];

export const EVERY_ANSWER = EVERY_INPUT.filter((input) => input.type === "answered");

/** The input means nothing here: a late timer, an answer nobody waits for. */
export function ignores(given: DeliveryState, says: string, ...inputs: readonly Input[]): TransitionCase[] {
  return inputs.map((when) => ({ says, given, when, becomes: {}, effects: [] }));
}

/** Outside of the start and without a request: what another phase waits for means nothing. */
export function ignoresStrays(given: DeliveryState): TransitionCase[] {
  return [
    ...ignores(given, "what earlier pages left is taken over at the start only", adopted(1)),
    ...ignores(given, "no request was asked for, so none can be cut", batchCut(1)),
    ...ignores(given, "a late answer settles nothing", ...EVERY_ANSWER),
  ];
}
