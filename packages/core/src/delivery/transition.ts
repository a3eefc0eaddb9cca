/**
 * The delivery machine: every transition, in one table.
 *
 * Two rules carry the contract's section 5:
 * 1. One request at a time, always from the front: order needs nothing else.
 * 2. An operation leaves the outbox only through `remove` (an answer said so), or `drop` and `evict` (and the app is told).
 *
 * A flush is a goal: that many operations at the front are to be settled. It ends when the goal reaches 0, or when
 * delivery stops with everything kept (key refused, retries used up, abandoned). Waiting callers are goals too.
 */
import { afterAnswer } from "./answering.ts";
import { giveUp, goOn, join, letGo, rest, send, startFlush, stop } from "./flushing.ts";
import type { Input, InputOf } from "./input.ts";
import {
  adopt,
  append,
  appendWhileFlushing,
  appendWhileIdle,
  withdraw,
  withdrawWhileFlushing,
} from "./queueing.ts";
import type { DeliveryConfig, DeliveryState, Phase } from "./state.ts";
import { endFlushes, type Step, unchanged } from "./step.ts";

type Handler<T extends Input["type"]> = (
  state: DeliveryState,
  input: InputOf<T>,
  config: DeliveryConfig,
) => Step;
type Row = { readonly [T in Input["type"]]: Handler<T> };

/** What an input means in every phase whose row says nothing else. */
const otherwise: Row = {
  appended: (state, { count }, config) => append(state, count, config),
  flushRequested: (state) => unchanged(join(state)),
  batchCut: unchanged,
  answered: unchanged,
  timerFired: unchanged,
  retryNow: unchanged,
  stopRequested: (state) => unchanged(join(stop(state))),
  abandoned: (state, _input, config) => giveUp(state, rest(state, "idle", config)),
  adopted: unchanged,
  withdrawn: (state, { offset, count }) => withdraw(state, offset, count),
};

/** Nothing under way: whatever asks for delivery starts a flush. */
const resting: Row = {
  ...otherwise,
  flushRequested: (state, _input, config) => startFlush(join(state), config),
  timerFired: (state, _input, config) => startFlush(state, config),
  stopRequested: (state, _input, config) => startFlush(join(stop(state)), config),
  abandoned: (state) => giveUp(state, unchanged(state)),
};

/** Waiting for something that nothing shortens. */
const waiting: Row = {
  ...otherwise,
  appended: appendWhileFlushing,
  abandoned: (state, _input, config) =>
    giveUp(state, state.stopping ? rest(state, "idle", config) : endFlushes(state)),
};

/** What happens in a phase on an input. */
const table: { readonly [P in Phase]: Row } = {
  starting: { ...waiting, adopted: adopt },
  idle: {
    ...resting,
    appended: appendWhileIdle,
    retryNow: (state, _input, config) => (state.pending > 0 ? startFlush(state, config) : unchanged(state)),
  },
  sending: {
    ...otherwise,
    appended: appendWhileFlushing,
    batchCut: (state, { count }) => unchanged({ ...state, inFlight: count }),
    answered: (state, { outcome, random }, config) => afterAnswer(state, outcome, random, config),
    abandoned: (state, _input, config) => letGo(state, giveUp(state, rest(state, "idle", config))),
    withdrawn: withdrawWhileFlushing,
  },
  backoff: {
    ...otherwise,
    appended: appendWhileFlushing,
    timerFired: send,
    retryNow: send,
    stopRequested: (state) => send(join(stop(state))),
    withdrawn: withdrawWhileFlushing,
  },
  throttled: {
    ...waiting,
    flushRequested: (state) => (state.pending > 0 ? unchanged(join(state)) : nothingToWaitFor(state)),
    timerFired: goOn,
    stopRequested: (state, _input, config) =>
      state.pending > 0 ? unchanged(join(stop(state))) : rest(join(stop(state)), "idle", config),
  },
  held: resting,
  stopped: {
    ...otherwise,
    appended: unchanged,
    flushRequested: nothingToWaitFor,
    stopRequested: nothingToWaitFor,
    abandoned: unchanged,
  },
};

/** The caller that just asked has its answer. */
function nothingToWaitFor(state: DeliveryState): Step {
  return { state, effects: [{ type: "flushed", count: 1 }] };
}

/** The machine. Pure: the same arguments give the same step. */
export function transition(state: DeliveryState, input: Input, config: DeliveryConfig): Step {
  const handler = table[state.phase][input.type] as Handler<Input["type"]>;
  return handler(state, input, config);
}
