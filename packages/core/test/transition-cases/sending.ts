import {
  abandoned,
  abort,
  appended,
  batchCut,
  evict,
  flushed,
  flushRequested,
  report,
  retryNow,
  stateIn,
  stopRequested,
  timerFired,
  wake,
} from "../machine-builders.ts";
import { ignores, type TransitionCase } from "./transition-case.ts";

const asked = stateIn("sending", { pending: 3, goal: 3, flushes: [3] });
const inFlight = stateIn("sending", { pending: 4, inFlight: 3, goal: 3, flushes: [3], fresh: 1 });

/** Everything but answers, which have a file of their own. */
export const sending: readonly TransitionCase[] = [
  {
    says: "the batch that was cut is in flight",
    given: asked,
    when: batchCut(2),
    becomes: { inFlight: 2 },
    effects: [],
  },
  {
    says: "what is tracked meanwhile waits its turn",
    given: inFlight,
    when: appended(1),
    becomes: { pending: 5, fresh: 2 },
    effects: [],
  },
  {
    says: "flushAt fresh operations become part of the running flush",
    given: stateIn("sending", { pending: 3, inFlight: 2, goal: 2, fresh: 1 }),
    when: appended(2),
    becomes: { pending: 5, fresh: 0, goal: 5 },
    effects: [],
  },
  {
    says: "beyond maxQueueSize the oldest behind those in flight go",
    given: stateIn("sending", { pending: 5, inFlight: 3, goal: 4, flushes: [4], fresh: 1 }),
    when: appended(1),
    becomes: { pending: 5, fresh: 2, goal: 3, flushes: [3] },
    effects: [evict(3, 1)],
  },
  {
    says: "with the whole queue in flight the new operation itself has no room",
    given: stateIn("sending", { pending: 5, inFlight: 5, goal: 5 }),
    when: appended(1),
    becomes: { fresh: 1 },
    effects: [evict(5, 1)],
  },
  {
    says: "until the batch is cut the front may still go",
    given: stateIn("sending", { pending: 5, goal: 1, flushes: [1] }),
    when: appended(1),
    becomes: { pending: 5, fresh: 1, goal: 0, flushes: [] },
    effects: [evict(0, 1), flushed(1)],
  },
  {
    says: "an evicted suspect is one operation less to search",
    given: stateIn("sending", {
      pending: 5,
      inFlight: 2,
      goal: 5,
      sizing: { limit: 2, suspect: 4, ceiling: 4, refusals: 1 },
    }),
    when: appended(1),
    becomes: { fresh: 1, goal: 4, sizing: { limit: 2, suspect: 3, ceiling: 4, refusals: 1 } },
    effects: [evict(2, 1)],
  },
  {
    says: "flush() shares the work, and waits for everything queued now",
    given: inFlight,
    when: flushRequested,
    becomes: { fresh: 0, goal: 4, flushes: [3, 4] },
    effects: [],
  },
  {
    says: "shutdown() makes the running flush the last one",
    given: inFlight,
    when: stopRequested,
    becomes: { fresh: 0, goal: 4, flushes: [3, 4], stopping: true },
    effects: [],
  },
  {
    says: "a passed deadline lets go of the request, and tells that what it carried is kept",
    given: inFlight,
    when: abandoned,
    becomes: { phase: "idle", inFlight: 0, goal: 0, flushes: [] },
    effects: [abort, report("abandoned", 0), wake(10_000), flushed(1)],
  },
  {
    says: "a passed deadline of shutdown() stops with everything kept",
    given: { ...inFlight, stopping: true, failures: 2 },
    when: abandoned,
    becomes: { phase: "stopped", inFlight: 0, goal: 0, flushes: [], failures: 0 },
    effects: [abort, report("abandoned", 2), wake(null), flushed(1)],
  },
  ...ignores(inFlight, "the interval has nothing to add to a running flush", timerFired),
  ...ignores(inFlight, "a request under way is left alone", retryNow),
];
