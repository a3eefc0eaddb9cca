/**
 * The machine of the requests and core's delivery machine, together with the platform that surrounds both: requests that
 * come, are killed or reach their deadline, one timer, one fetch. All of it plain JSON, so that every course can be tried.
 */
import {
  type Client,
  type DeliveryConfig,
  type DeliveryState,
  initialState,
  type KeptBecause,
  type Machine,
} from "@whisperr/core";
import { adjust, initialRequests, type Requests, type RequestsState } from "../../src/client/requests.ts";
import { isUnderWay } from "../../src/client/under-way.ts";

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

/** What was reported, and whether a call was ended, in one step. */
export interface Notes {
  readonly reports: KeptBecause[];
}

/** While an input is followed. */
export interface Course extends Machine, Requests {
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

export function delivers(delivery: DeliveryState, { timer }: Pick<World, "timer">): boolean {
  return isUnderWay({ ...delivery, timer: timer ? {} : undefined } as Client);
}

export function step(course: Course, change: (machine: Machine) => void): void {
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

export function of({ platform }: World, id: number): PlatformRequest {
  return platform[id - 1] as PlatformRequest;
}

/** It waits no longer: what becomes of its operations, the youngest that is left waits for. */
export function release(world: World, id: number): void {
  const request = of(world, id);
  const left = world.platform.filter((other) => other !== request && other.isOpen).at(-1);
  if (left && request.isOpen) left.waitsFor = Math.max(left.waitsFor, request.waitsFor);
  request.waitsFor = 0;
}
