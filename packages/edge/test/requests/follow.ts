/** What can happen to a world, and what follows. */
import {
  abandoned,
  answered,
  appended,
  type DeliveryConfig,
  type DeliveryState,
  flushRequested,
  type Outcome,
  timerFired,
} from "@whisperr/core";
import { came, expired, lost } from "../../src/client/requests.ts";
import { effects, requestEffects } from "./effects.ts";
import { requestOf } from "./transition.ts";
import { type Course, type Notes, of, type PlatformRequest, release, step, type World } from "./world.ts";

export type Input =
  /** Another request comes, and calls. `finds`: the deadlines of those that are dead, or of all, are long over. */
  | {
      readonly type: "call";
      readonly does: "track" | "track twice" | "flush" | "shutdown";
      readonly finds: "nobody" | "the dead" | "all";
    }
  | { readonly type: "came" | "deadline" | "killed"; readonly id: number }
  /** Not even its timer could be set: it was called outside of any request. */
  | { readonly type: "unheld"; readonly id: number }
  /** The timer fires in that request. */
  | { readonly type: "timer"; readonly id: number }
  | { readonly type: "answer"; readonly outcome: Outcome }
  /** The deadline of a shutdown(). */
  | { readonly type: "abandoned" };

/** The next world; the given one stays as it is. */
export function follow(from: World, input: Input, config: DeliveryConfig): { world: World; notes: Notes } {
  const world = JSON.parse(JSON.stringify(from)) as World;
  const notes: Notes = { reports: [] };
  const { delivery, requests } = world;
  const course = { ...delivery, world, notes, config, requests, effects, requestEffects, here: 0 };
  happen(course, input);
  world.delivery = deliveryOf(course, delivery);
  return { world, notes };
}

/** Of a record with more in it, what the machine of the deliveries keeps. */
function deliveryOf(course: Course, before: DeliveryState): DeliveryState {
  const names = Object.keys(before) as (keyof DeliveryState)[];
  return Object.fromEntries(names.map((name) => [name, course[name]])) as unknown as DeliveryState;
}

function happen(course: Course, input: Input): void {
  const { world } = course;
  switch (input.type) {
    case "call":
      return call(course, input);
    case "came":
      course.here = input.id;
      of(world, input.id).isWoken = false;
      return came(course, requestOf(course, input.id));
    case "deadline":
      course.here = input.id;
      release(world, input.id);
      return expired(course, requestOf(course, input.id));
    case "unheld":
      release(world, input.id);
      return lost(course, requestOf(course, input.id));
    case "killed":
      of(world, input.id).isAlive = false;
      of(world, input.id).isWoken = false;
      return;
    case "timer":
      course.here = input.id;
      world.timer = false;
      world.timersIn = [];
      return step(course, timerFired);
    case "answer":
      course.here = world.fetchIn;
      world.fetchIn = 0;
      return step(course, () => answered(course, input.outcome, 0));
    case "abandoned":
      return step(course, abandoned);
  }
}

function call(course: Course, { does, finds }: Extract<Input, { type: "call" }>): void {
  const { world } = course;
  const request: PlatformRequest = { isAlive: true, isOpen: false, isWoken: false, waitsFor: 0 };
  const id = world.platform.push(request);
  course.here = course.requests.caller = id;
  if (does === "track" || does === "track twice") {
    for (let i = does === "track" ? 1 : 2; i > 0; i--) {
      request.waitsFor = ++world.operations;
      world.outbox.push(world.operations);
      step(course, () => appended(course, 1));
    }
  } else {
    request.waitsFor = world.outbox.at(-1) ?? 0;
    course.requests.assigned = 0;
    step(course, () => flushRequested(course, does === "shutdown"));
  }
  for (let other = 1; other < id; other++) {
    if (finds === "nobody" || (finds === "the dead" && of(world, other).isAlive)) continue;
    release(world, other);
    lost(course, requestOf(course, other));
  }
}
