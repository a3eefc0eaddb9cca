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
import { backoffDelayMs } from "../backoff.ts";
import type { Outcome } from "../outcome.ts";
import {
  givesUp,
  sizingAfterAccepted,
  sizingAfterDivision,
  sizingAfterDrop,
  sizingAfterEviction,
} from "./batch-sizing.ts";
import type { Effect } from "./effect.ts";
import type { Input } from "./input.ts";
import type { DeliveryConfig, DeliveryState, Phase } from "./state.ts";
import { endFlushes, inSequence, leave, type Step, unchanged } from "./step.ts";

type InputOf<T extends Input["type"]> = Extract<Input, { type: T }>;
type Handler<T extends Input["type"]> = (
  state: DeliveryState,
  input: InputOf<T>,
  config: DeliveryConfig,
) => Step;
type Row = { readonly [T in Input["type"]]: Handler<T> };

/** What happens in a phase on an input. `unchanged`: it means nothing there (a late timer, say). */
const table: { readonly [P in Phase]: Row } = {
  idle: {
    appended: appendWhileIdle,
    flushRequested: (state, _input, config) => startFlush(join(state), config),
    batchCut: unchanged,
    answered: unchanged,
    timerFired: (state, _input, config) => startFlush(state, config),
    retryNow: unchanged,
    stopRequested: (state, _input, config) => startFlush(join(stop(state)), config),
    abandoned: (state) => giveUp(state, unchanged(state)),
  },
  sending: {
    appended: appendWhileFlushing,
    flushRequested: (state) => unchanged(join(state)),
    batchCut: (state, { count }) => unchanged({ ...state, inFlight: count }),
    answered: (state, { outcome, random }, config) => afterAnswer(state, outcome, random, config),
    timerFired: unchanged,
    retryNow: unchanged,
    stopRequested: (state) => unchanged(join(stop(state))),
    abandoned: (state, _input, config) =>
      inSequence({ state, effects: [{ type: "abort" }] }, giveUp(state, rest(state, "idle", config))),
  },
  backoff: {
    appended: appendWhileFlushing,
    flushRequested: (state) => unchanged(join(state)),
    batchCut: unchanged,
    answered: unchanged,
    timerFired: send,
    retryNow: send,
    stopRequested: (state) => send(join(stop(state))),
    abandoned: (state, _input, config) => giveUp(state, rest(state, "idle", config)),
  },
  throttled: {
    appended: appendWhileFlushing,
    flushRequested: (state) => unchanged(join(state)),
    batchCut: unchanged,
    answered: unchanged,
    timerFired: (state, _input, config) => (state.goal > 0 ? send(state) : rest(state, "idle", config)),
    retryNow: unchanged,
    stopRequested: (state) => unchanged(join(stop(state))),
    abandoned: (state, _input, config) =>
      giveUp(state, state.stopping ? rest(state, "idle", config) : endFlushes(state)),
  },
  held: {
    appended: (state, { count }, config) => append(state, count, config),
    flushRequested: (state, _input, config) => startFlush(join(state), config),
    batchCut: unchanged,
    answered: unchanged,
    timerFired: (state, _input, config) => startFlush(state, config),
    retryNow: unchanged,
    stopRequested: (state, _input, config) => startFlush(join(stop(state)), config),
    abandoned: (state) => giveUp(state, unchanged(state)),
  },
  stopped: {
    appended: unchanged,
    flushRequested: (state) => ({ state, effects: [{ type: "flushed", count: 1 }] }),
    batchCut: unchanged,
    answered: unchanged,
    timerFired: unchanged,
    retryNow: unchanged,
    stopRequested: (state) => ({ state, effects: [{ type: "flushed", count: 1 }] }),
    abandoned: unchanged,
  },
};

/** The machine. Pure: the same arguments give the same step. */
export function transition(state: DeliveryState, input: Input, config: DeliveryConfig): Step {
  const handler = table[state.phase][input.type] as Handler<Input["type"]>;
  return handler(state, input, config);
}

// Appending

function appendWhileIdle(state: DeliveryState, { count }: InputOf<"appended">, config: DeliveryConfig): Step {
  const appended = append(state, count, config);
  if (appended.state.fresh >= config.flushAt) return inSequence(appended, startFlush(appended.state, config));
  if (state.pending > 0 || config.flushIntervalMs === 0) return appended;
  return { ...appended, effects: [...appended.effects, { type: "wake", afterMs: config.flushIntervalMs }] };
}

/** A flush that falls due while another runs becomes part of it. */
function appendWhileFlushing(
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
function append(state: DeliveryState, added: number, config: DeliveryConfig): Step {
  const pending = state.pending + added;
  const count = Math.min(pending - config.maxQueueSize, pending - state.inFlight);
  if (count <= 0) return unchanged({ ...state, pending, fresh: state.fresh + added });
  const offset = state.inFlight;
  const sizing = sizingAfterEviction(state.sizing, offset, count);
  const left = leave(sizing === state.sizing ? state : { ...state, sizing }, offset, count, added);
  return { state: left.state, effects: [{ type: "evict", offset, count }, ...left.effects] };
}

// Flushing

/** A caller waits for everything queued now. */
function join(state: DeliveryState): DeliveryState {
  return { ...state, fresh: 0, goal: state.pending, flushes: [...state.flushes, state.pending] };
}

function stop(state: DeliveryState): DeliveryState {
  return { ...state, stopping: true };
}

function startFlush(state: DeliveryState, config: DeliveryConfig): Step {
  if (state.pending === 0) return rest(state, "idle", config);
  return send({ ...state, fresh: 0, goal: state.pending, failures: 0 });
}

function send(state: DeliveryState): Step {
  return {
    state: { ...state, phase: "sending", inFlight: 0 },
    effects: [
      { type: "wake", afterMs: null },
      { type: "send", limit: state.sizing.limit },
    ],
  };
}

/** Ends the running flush with whatever is left kept in the queue. */
function rest(
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
function giveUp(state: DeliveryState, ending: Step): Step {
  if (state.pending === 0) return ending;
  return inSequence(
    { state, effects: [{ type: "report", error: "abandoned", attempts: state.failures }] },
    ending,
  );
}

// Answers

function afterAnswer(state: DeliveryState, outcome: Outcome, random: number, config: DeliveryConfig): Step {
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
