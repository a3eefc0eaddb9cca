/** A step broke off in its middle: what is queued and who waits is known for certain, and the machine follows. */
import { flushed, stateIn, wake } from "../machine-builders.ts";
import type { Input } from "../transition.ts";
import type { TransitionCase } from "./transition-case.ts";

/** So many are queued, so many calls wait, and what they wait for is or is not `isUnderWay`. */
const found = (pending: number, waiting: number, isUnderWay: boolean, isLast = false): Input => ({
  type: "mended",
  pending,
  waiting,
  isLast,
  isUnderWay,
});
const torn = stateIn("sending", { pending: 9, inFlight: 2, goal: 1, flushes: [7], fresh: 5 });

export const mended: readonly TransitionCase[] = [
  {
    says: "a request under way is waited for, by all who wait",
    given: torn,
    when: found(3, 2, true),
    becomes: { pending: 3, goal: 3, flushes: [3, 3], fresh: 0 },
    effects: [],
  },
  {
    says: "without one there is another a little later",
    given: torn,
    when: found(3, 2, false),
    becomes: { phase: "backoff", pending: 3, inFlight: 0, goal: 3, flushes: [3, 3], fresh: 0 },
    effects: [wake(1000)],
  },
  {
    says: "nothing is queued: the request under way is nobody's, and who waits has nothing to wait for",
    given: torn,
    when: found(0, 2, true),
    becomes: { pending: 0, goal: 0, flushes: [], fresh: 0 },
    effects: [flushed(2)],
  },
  {
    says: "nothing is queued or under way: it rests",
    given: torn,
    when: found(0, 1, false),
    becomes: { phase: "idle", pending: 0, inFlight: 0, goal: 0, flushes: [], fresh: 0 },
    effects: [wake(null), flushed(1)],
  },
  {
    says: "nothing is queued, and a shutdown() waits: it stops",
    given: torn,
    when: found(0, 1, false, true),
    becomes: { phase: "stopped", pending: 0, inFlight: 0, goal: 0, flushes: [], fresh: 0, stopping: true },
    effects: [wake(null), flushed(1)],
  },
  {
    says: "the interval is waited for while nobody waits",
    given: stateIn("idle", { pending: 1, fresh: 1 }),
    when: found(2, 0, true),
    becomes: { pending: 2, goal: 2, fresh: 0 },
    effects: [],
  },
  {
    says: "but not by somebody who waits",
    given: stateIn("idle", { pending: 1, fresh: 1 }),
    when: found(2, 1, true),
    becomes: { phase: "backoff", pending: 2, goal: 2, flushes: [2], fresh: 0 },
    effects: [wake(1000)],
  },
  {
    says: "at the start nothing is sent",
    given: stateIn("starting", { pending: 1 }),
    when: found(2, 1, false),
    becomes: { pending: 2, goal: 2, flushes: [2] },
    effects: [],
  },
  {
    says: "whoever waits for a client that has stopped waits no longer",
    given: stateIn("stopped", { pending: 1, stopping: true }),
    when: found(2, 1, false, true),
    becomes: { pending: 2, flushes: [] },
    effects: [flushed(1)],
  },
];
