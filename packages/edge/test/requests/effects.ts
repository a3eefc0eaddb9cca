/** What the two machines ask for, done to a world. */
import { abandoned, answered, batchCut, type Effects, retryNow } from "@whisperr/core";
import { awaitNext, moveUp, type RequestEffects } from "../../src/client/requests.ts";
import { rule } from "./rules.ts";
import { type Course, of, type PlatformRequest, step } from "./world.ts";

/** Delivery's effects, as `EFFECTS_IN_REQUESTS` carries them out. */
export const effects: Effects = {
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
export const requestEffects: RequestEffects = {
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
