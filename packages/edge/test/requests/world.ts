/**
 * The machine of the requests and core's delivery machine, together with the platform that surrounds both: requests that
 * come, are killed or reach their deadline, one timer, one fetch. All of it plain JSON, so that every course can be tried.
 */
import {
  abandoned,
  answered,
  appended,
  batchCut,
  type Client,
  type DeliveryConfig,
  type DeliveryState,
  type Effects,
  flushRequested,
  initialState,
  type KeptBecause,
  type Machine,
  type Outcome,
  retryNow,
  timerFired,
} from "@whisperr/core";
import {
  adjust,
  awaitNext,
  came,
  expired,
  initialRequests,
  lost,
  moveUp,
  type RequestEffects,
  type Requests,
  type RequestsState,
} from "../../src/client/requests.ts";
import { isUnderWay } from "../../src/client/under-way.ts";
import { rule } from "./rules.ts";
import { requestOf } from "./transition.ts";

/** A request, as its platform sees it. */
export interface PlatformRequest {
  /** Its code can run. */
  isAlive: boolean;
  /** `waitUntil` keeps it open. */
  isOpen: boolean;
  /** Its code is to run. */
  isWoken: boolean;
  /** The last operation that it waits for, by number, after all those in front; 0: none any more. */
  waitsFor: number;
}

export interface World {
  delivery: DeliveryState;
  readonly requests: RequestsState;
  /** Those that came so far: the request with id 1 first. */
  readonly platform: PlatformRequest[];
  /** The numbers of the operations in it. */
  readonly outbox: number[];
  /** Operations so far. */
  operations: number;
  /** Delivery wants to be woken after a while. */
  timer: boolean;
  /** The requests in which that timer is set. Timers set for an earlier wait do nothing any more. */
  timersIn: number[];
  /** The request in which a fetch is under way; 0: none. */
  fetchIn: number;
}

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

/** What was reported, and whether a call was ended, in one step. */
export interface Notes {
  readonly reports: KeptBecause[];
}

/** While an input is followed. */
interface Course extends Machine, Requests {
  readonly world: World;
  readonly notes: Notes;
  /** The request whose code runs. */
  here: number;
}

export function initialWorld(config: DeliveryConfig): World {
  return {
    delivery: initialState(config),
    requests: initialRequests(),
    platform: [],
    outbox: [],
    operations: 0,
    timer: false,
    timersIn: [],
    fetchIn: 0,
  };
}

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

export function delivers(delivery: DeliveryState, { timer }: Pick<World, "timer">): boolean {
  return isUnderWay({ ...delivery, timer: timer ? {} : undefined } as Client);
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

function step(course: Course, change: (machine: Machine) => void): void {
  change(course);
  adjustNow(course);
}

function adjustNow(course: Course): void {
  const { world } = course;
  const goesOn = delivers(course, world);
  // What delivery has stopped for is nobody's to wait for.
  if (!goesOn) for (const request of world.platform) request.waitsFor = 0;
  adjust(course, world.outbox.length, goesOn);
}

function of({ platform }: World, id: number): PlatformRequest {
  return platform[id - 1] as PlatformRequest;
}

/** It waits no longer: what becomes of its operations, the youngest that is left waits for. */
function release(world: World, id: number): void {
  const request = of(world, id);
  const left = world.platform.filter((other) => other !== request && other.isOpen).at(-1);
  if (left && request.isOpen) left.waitsFor = Math.max(left.waitsFor, request.waitsFor);
  request.waitsFor = 0;
}

function isAnyLeft({ waitsFor }: PlatformRequest, outbox: readonly number[]): boolean {
  return outbox.some((number) => number <= waitsFor);
}

function leave(course: Course, offset: number, count: number): void {
  const { outbox, platform } = course.world;
  rule(offset + count <= outbox.length, "only what the outbox holds can leave it");
  const gone = outbox.splice(offset, count);
  for (const request of platform) {
    // It was pushed out by the very call that put it in.
    const wasNeverIn = !request.isOpen && gone.includes(request.waitsFor);
    if (wasNeverIn || !isAnyLeft(request, outbox)) request.waitsFor = 0;
  }
  moveUp(course, offset, count);
}

/** Delivery's effects, as `EFFECTS_IN_REQUESTS` carries them out. */
const effects: Effects = {
  send: (course: Course) => awaitNext(course, "sending"),
  abort({ world }: Course) {
    world.fetchIn = 0;
  },
  remove: (course: Course, offset, count) => leave(course, offset, count),
  drop: leave,
  wake(course: Course, afterMs) {
    course.world.timer = afterMs > 0;
    course.world.timersIn = [];
    awaitNext(course, afterMs > 0 ? "timer" : "nothing");
  },
  report: ({ notes }: Course, because) => void notes.reports.push(because),
  flushed() {},
};

/** As `REQUEST_EFFECTS` carries them out. */
const requestEffects: RequestEffects = {
  open({ world, here }: Course, { id }) {
    rule(id === here, "a platform is told in the request itself");
    of(world, id).isOpen = true;
  },
  close({ world }: Course, { id }) {
    of(world, id).isOpen = false;
    of(world, id).isWoken = false;
    world.timersIn = world.timersIn.filter((other) => other !== id);
  },
  wake({ world }: Course, { id }) {
    of(world, id).isWoken = of(world, id).isAlive;
  },
  setTimer({ world, here }: Course, { id }) {
    rule(world.timer, "only a timer that delivery wants is set");
    rule(id === here, "it is set in the request itself");
    // Which replaces the one that was set there before.
    if (!world.timersIn.includes(id)) world.timersIn.push(id);
  },
  send(course: Course, { id }) {
    const { world, phase, inFlight, offset, limit, pending, here } = course;
    rule(id === here, "a batch is sent in the request itself");
    rule(phase === "sending" && inFlight === 0, "a batch is sent when delivery says so");
    rule(world.fetchIn === 0, "one request in flight");
    world.fetchIn = here;
    step(course, () => batchCut(course, offset > 0 ? 1 : Math.min(limit, pending)));
  },
  cutOff(course: Course) {
    course.world.fetchIn = 0;
    step(course, () => answered(course, { kind: "retry" }, 0));
  },
  recover(course: Course) {
    step(course, () => {
      abandoned(course);
      retryNow(course);
    });
  },
  abandon: (course: Course) => step(course, abandoned),
};
