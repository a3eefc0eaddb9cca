/**
 * What must hold whatever happens (contract, section 5): for every state, and for every step. Also follows what a
 * step's effects do to the surroundings, which is where most rules would break.
 */

import { MAX_FUTILE } from "../src/delivery/flushing.ts";
import type { DeliveryConfig } from "../src/delivery/state.ts";
import type { Edge, World } from "./explore.ts";
import type { Effect, Input, Step } from "./transition.ts";

function rule(holds: boolean, says: string): void {
  if (!holds) throw new Error(`broken rule: ${says}`);
}

/** The surroundings after an input and all effects of its step. */
export function follow(from: World, input: Input, step: Step): World {
  const { offset, inFlight } = from.machine;
  const begins = { ...from, carries: { offset, count: Math.max(inFlight - offset, 0) } };
  let world: World = { ...before(begins, input), machine: step.state };
  const keeps =
    input.type === "abandoned" ||
    from.machine.phase === "stopped" ||
    step.effects.some((effect) => effect.type === "report");
  for (const effect of step.effects) world = perform(world, effect, keeps);
  return world;
}

/** What the input itself says about the surroundings. */
function before(world: World, input: Input): World {
  switch (input.type) {
    case "appended":
      return { ...world, outbox: world.outbox + input.count };
    case "flushRequested":
    case "stopRequested":
      return { ...world, waiting: [...world.waiting, world.outbox] };
    case "batchCut":
      return { ...world, request: "open" };
    case "answered": {
      const serverWait = input.outcome.kind === "retry" && input.outcome.afterMs !== undefined;
      const { offset, count } = world.carries;
      const isFrontAlone =
        offset === 0 && count === 1 && input.outcome.kind === "retry" && input.outcome.blames;
      const lone = isFrontAlone ? Math.min(world.lone + 1, world.allAttempts) : world.lone;
      return { ...world, request: "none", serverWait, lone };
    }
    case "timerFired":
      return { ...world, timer: false, serverWait: false };
    case "adopted":
      return {
        ...world,
        lone: 0,
        hasTakenOther: false,
        outbox: world.outbox + input.count,
        waiting: world.waiting.map((goal) => goal + input.count),
      };
    case "withdrawn":
      return leave(world, input.offset, input.count);
    case "mended":
      return { ...world, waiting: world.waiting.map(() => world.outbox) };
    case "hurried":
    case "retryNow":
    case "abandoned":
      return world;
  }
}

/** `keeps`: the step ends delivery with everything kept. */
function perform(world: World, effect: Effect, keeps: boolean): World {
  const { carries } = world;
  switch (effect.type) {
    case "send":
      rule(world.request === "none", "one request at a time");
      rule(!world.serverWait, "nothing is sent before the wait that a server asked for is over");
      rule(effect.limit >= 1, "a request carries at least one operation");
      rule((effect.offset ?? 0) < world.outbox, "what is probed is there");
      rule(
        effect.offset === undefined || world.lone >= world.allAttempts,
        "others are probed only when the front failed alone in all its attempts",
      );
      return { ...world, request: "asked", hasTakenOther: world.hasTakenOther && !effect.offset };
    case "abort":
      rule(world.request !== "none", "only a request under way can be let go of");
      return { ...world, request: "none" };
    case "remove":
      rule(
        effect.count === carries.count && (effect.offset ?? 0) === carries.offset,
        "an answer removes exactly what its request carried",
      );
      rule(effect.rejected <= effect.count, "no more is rejected than was sent");
      return {
        ...leave(world, effect.offset ?? 0, effect.count),
        // One that fails now, alone, fails between two that are taken.
        hasTakenOther: carries.offset > 0 && world.lone > 0,
      };
    case "drop":
      if (effect.reason === "queue_full")
        rule(
          world.request !== "open" ||
            effect.offset >= carries.offset + carries.count ||
            effect.offset + effect.count <= carries.offset,
          "operations in flight are never evicted",
        );
      else if (effect.reason === "undeliverable")
        rule(
          effect.offset === 0 && effect.count === 1 && world.lone >= world.allAttempts && world.hasTakenOther,
          "the front is given up alone, after all its attempts, once another one was taken",
        );
      else
        rule(
          effect.offset === carries.offset && effect.count === carries.count,
          "a refusal drops exactly what its request carried",
        );
      return leave(world, effect.offset, effect.count);
    case "wake": {
      rule(effect.afterMs === null || effect.afterMs >= 0, "no timer is set for the past");
      const stopped = world.machine.phase === "stopped";
      rule(!world.serverWait || !world.timer || stopped, "the timer of a server's wait is not replaced");
      return { ...world, timer: effect.afterMs !== null, serverWait: world.serverWait && !stopped };
    }
    case "flushed": {
      rule(
        effect.count >= 1 && effect.count <= world.waiting.length,
        "no more flushes end than callers wait",
      );
      const settled = world.waiting.slice(0, effect.count).every((goal) => goal === 0);
      rule(settled || keeps, "a flush ends only when all it waits for is settled or kept");
      return { ...world, waiting: world.waiting.slice(effect.count) };
    }
    case "report":
      return world;
  }
}

/** The operations at `offset` and behind leave, and whoever waits for them waits for less. */
function leave(world: World, offset: number, count: number): World {
  rule(
    count >= 1 && offset >= 0 && offset + count <= world.outbox,
    "only what the outbox holds can leave it",
  );
  const leaves = (place: number) => place >= offset && place < offset + count;
  const stay = (goal: number) =>
    Array.from({ length: goal }, (_, place) => place).filter((place) => !leaves(place));
  return {
    ...world,
    lone: offset === 0 ? 0 : world.lone,
    hasTakenOther: world.hasTakenOther && offset > 0,
    carries: {
      ...world.carries,
      offset: world.carries.offset - Math.min(Math.max(world.carries.offset - offset, 0), count),
    },
    outbox: world.outbox - count,
    waiting: world.waiting.map((goal) => stay(goal).length),
  };
}

export function checkState(world: World, config: DeliveryConfig): void {
  const { machine, outbox, request, timer, serverWait, waiting } = world;
  const { phase, pending, inFlight, offset, fresh, goal, flushes, failures, limit, ceiling } = machine;
  rule(pending === outbox, "pending is what the outbox holds");
  rule(`${waiting}` === `${flushes}`, "the machine knows every waiting caller, and what for");
  rule((phase === "sending") === (request !== "none"), "a request is under way exactly while sending");
  rule((request === "open") === inFlight > 0, "operations are in flight exactly while a request is open");
  rule(inFlight <= pending, "what is in flight is still in the outbox");
  rule(
    offset === 0 || phase === "sending" || phase === "backoff",
    "a place behind the front is for a request only",
  );
  rule(pending <= Math.max(config.maxQueueSize, inFlight), "the queue is bounded");
  rule(fresh >= 0 && fresh <= pending && goal >= 0 && goal <= pending, "positions are within the outbox");
  rule(
    flushes.every(
      (one, index) => (one > 0 || phase === "starting") && one <= goal && one >= (flushes[index - 1] ?? 0),
    ),
    "whoever waits, waits for something that the running flush will settle, oldest first",
  );
  rule(
    failures <= config.maxRetries + (phase === "sending" || phase === "backoff" ? 1 : 0),
    "retries are bounded",
  );
  rule(limit >= 1 && limit <= config.maxBatchSize, "the batch limit is within its bounds");
  rule(ceiling >= 1 && ceiling <= config.maxBatchSize, "the ceiling is within its bounds");
  rule(phase !== "backoff" || timer, "a backoff ends by its timer");
  rule(phase !== "throttled" || timer, "a server's wait ends by its timer");
  rule((phase === "throttled") === serverWait, "a server's wait is waited out in one phase");
  rule(
    (phase !== "sending" && phase !== "starting") || !timer,
    "no timer runs beside a request, nor at the start",
  );
  const isResting = phase === "idle" || phase === "unauthorized";
  const due = config.retriesKept === false ? fresh : pending;
  if (config.flushIntervalMs > 0 && due > 0 && isResting) {
    rule(timer, "nothing that waits is forgotten: the interval is armed");
  }
  if (config.retriesKept === false && pending > 0 && due === 0 && isResting) {
    rule(!timer, "what was kept is left alone");
  }
  if (config.flushIntervalMs === 0 && isResting) {
    rule(!timer, "without an interval nothing is armed at rest");
  }
  if (isResting) rule(waiting.length === 0, "at rest nobody waits");
  if (phase === "stopped") {
    rule(!timer && request === "none" && waiting.length === 0, "stopped: no timer, no request, nobody waits");
  }
}

/** Operations leave because of an answer. */
function isSettlement(effect: Effect): boolean {
  return effect.type === "remove" || (effect.type === "drop" && effect.reason !== "queue_full");
}

export function checkStep({ from, input, step, to }: Edge): void {
  const sends = step.effects.some((effect) => effect.type === "send");
  const { phase } = from.machine;
  if (phase === "stopped") {
    rule(!sends && to.machine.phase === "stopped", "stopped is final, and sends nothing");
  }
  if (phase === "starting") {
    rule(!sends || input.type === "adopted", "nothing overtakes what earlier pages left behind");
  }
  if (phase === "throttled") {
    rule(!sends || input.type === "timerFired", "nothing shortens the wait a server asked for");
  }
  if (phase === "unauthorized") {
    const asks = ["flushRequested", "stopRequested", "timerFired"].includes(input.type);
    rule(!sends || asks, "a refused key is tried again by a flush or the interval only");
  }
  if (phase === "idle" || phase === "unauthorized") {
    const isCall = ["appended", "hurried", "flushRequested"].includes(input.type);
    rule(
      !sends || !isCall || from.machine.futile < MAX_FUTILE,
      "calls that follow on failures start no requests without a wait",
    );
  }
  if (phase === "backoff") {
    const asks = ["stopRequested", "timerFired", "retryNow"].includes(input.type);
    rule(!sends || asks, "a backoff is cut short by retryNow or shutdown only");
  }
  if (input.type === "abandoned") {
    rule(to.waiting.length === 0, "a passed deadline lets every caller go");
    const reports = step.effects.filter((effect) => effect.type === "report" && effect.error === "abandoned");
    const leavesSome = phase !== "stopped" && to.outbox > 0;
    rule(
      reports.length === (leavesSome ? 1 : 0),
      "a passed deadline is reported exactly when it leaves operations behind",
    );
  }
  const isFailure = input.type === "answered" && input.outcome.kind === "retry";
  const givesUp = step.effects.some((effect) => effect.type === "drop" && effect.reason === "undeliverable");
  rule(!isFailure || givesUp || to.outbox === from.outbox, "a failure loses nothing");
  const removes = step.effects.some(isSettlement);
  rule(!removes || input.type === "answered", "only an answer settles what was sent");
}
