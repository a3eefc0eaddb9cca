/**
 * What must hold whatever happens (contract, section 5): for every state, and for every step. Also follows what a
 * step's effects do to the surroundings, which is where most rules would break.
 */
import type { Effect } from "../src/delivery/effect.ts";
import type { Input } from "../src/delivery/input.ts";
import type { DeliveryConfig } from "../src/delivery/state.ts";
import type { Step } from "../src/delivery/step.ts";
import type { Edge, World } from "./explore.ts";

function rule(holds: boolean, says: string): void {
  if (!holds) throw new Error(`broken rule: ${says}`);
}

/** The surroundings after an input and all effects of its step. */
export function follow(from: World, input: Input, step: Step): World {
  let world: World = { ...before(from, input), machine: step.state };
  for (const effect of step.effects) world = perform(world, effect, from);
  return world;
}

/** What the input itself says about the surroundings. */
function before(world: World, input: Input): World {
  switch (input.type) {
    case "appended":
      return { ...world, outbox: world.outbox + input.count };
    case "flushRequested":
    case "stopRequested":
      return { ...world, waiting: world.waiting + 1 };
    case "batchCut":
      return { ...world, request: "open" };
    case "answered":
      return { ...world, request: "none" };
    case "timerFired":
      return { ...world, timer: false };
    case "retryNow":
    case "abandoned":
      return world;
  }
}

function perform(world: World, effect: Effect, from: World): World {
  const carried = from.machine.inFlight;
  switch (effect.type) {
    case "send":
      rule(world.request === "none", "one request at a time");
      rule(effect.limit >= 1, "a request carries at least one operation");
      return { ...world, request: "asked" };
    case "abort":
      rule(world.request !== "none", "only a request under way can be let go of");
      return { ...world, request: "none" };
    case "remove":
      rule(effect.count === carried, "an answer removes exactly what its request carried");
      rule(effect.rejected <= effect.count, "no more is rejected than was sent");
      return { ...world, outbox: leave(world, 0, effect.count) };
    case "drop":
      rule(effect.count === carried, "a refusal drops exactly what its request carried");
      return { ...world, outbox: leave(world, 0, effect.count) };
    case "evict":
      rule(world.request !== "open" || effect.offset >= carried, "operations in flight are never evicted");
      return { ...world, outbox: leave(world, effect.offset, effect.count) };
    case "wake":
      rule(effect.afterMs === null || effect.afterMs >= 0, "no timer is set for the past");
      return { ...world, timer: effect.afterMs !== null };
    case "flushed":
      rule(effect.count >= 1 && effect.count <= world.waiting, "no more flushes end than callers wait");
      return { ...world, waiting: world.waiting - effect.count };
    case "report":
      return world;
  }
}

function leave({ outbox }: World, offset: number, count: number): number {
  rule(count >= 1 && offset >= 0 && offset + count <= outbox, "only what the outbox holds can leave it");
  return outbox - count;
}

export function checkState(
  { machine, outbox, request, timer, waiting }: World,
  config: DeliveryConfig,
): void {
  const { phase, pending, inFlight, fresh, goal, flushes, failures, sizing } = machine;
  rule(pending === outbox, "pending is what the outbox holds");
  rule(waiting === flushes.length, "the machine knows every waiting caller");
  rule((phase === "sending") === (request !== "none"), "a request is under way exactly while sending");
  rule((request === "open") === inFlight > 0, "operations are in flight exactly while a request is open");
  rule(inFlight <= pending, "what is in flight is still in the outbox");
  rule(pending <= Math.max(config.maxQueueSize, inFlight), "the queue is bounded");
  rule(fresh >= 0 && fresh <= pending && goal >= 0 && goal <= pending, "positions are within the outbox");
  rule(
    flushes.every((one, index) => one > 0 && one <= goal && one >= (flushes[index - 1] ?? 0)),
    "whoever waits, waits for something that the running flush will settle, oldest first",
  );
  rule(failures <= config.maxRetries, "retries are bounded");
  rule(sizing.limit >= 1 && sizing.limit <= config.maxBatchSize, "the batch limit is within its bounds");
  rule(sizing.ceiling >= 1 && sizing.ceiling <= config.maxBatchSize, "the ceiling is within its bounds");
  rule(phase !== "backoff" || timer, "a backoff ends by its timer");
  rule(phase !== "throttled" || timer, "a server's wait ends by its timer");
  rule(phase !== "sending" || !timer, "no timer runs beside a request");
  if (config.flushIntervalMs > 0 && pending > 0 && (phase === "idle" || phase === "held")) {
    rule(timer, "nothing that waits is forgotten: the interval is armed");
  }
  if (config.flushIntervalMs === 0 && (phase === "idle" || phase === "held")) {
    rule(!timer, "without an interval nothing is armed at rest");
  }
  if (phase === "idle" || phase === "held") rule(waiting === 0, "at rest nobody waits");
  if (phase === "stopped") {
    rule(!timer && request === "none" && waiting === 0, "stopped: no timer, no request, nobody waits");
  }
}

export function checkStep({ from, input, step, to }: Edge): void {
  const sends = step.effects.some((effect) => effect.type === "send");
  const { phase } = from.machine;
  if (phase === "stopped") {
    rule(!sends && to.machine.phase === "stopped", "stopped is final, and sends nothing");
  }
  if (phase === "throttled") {
    rule(!sends || input.type === "timerFired", "nothing shortens the wait a server asked for");
  }
  if (phase === "held") {
    const asks = ["flushRequested", "stopRequested", "timerFired"].includes(input.type);
    rule(!sends || asks, "a refused key is tried again by a flush or the interval only");
  }
  if (phase === "backoff") {
    const asks = ["stopRequested", "timerFired", "retryNow"].includes(input.type);
    rule(!sends || asks, "a backoff is cut short by retryNow or shutdown only");
  }
  if (input.type === "abandoned") rule(to.waiting === 0, "a passed deadline lets every caller go");
  const removes = step.effects.some((effect) => effect.type === "remove" || effect.type === "drop");
  rule(!removes || input.type === "answered", "only an answer settles what was sent");
}
