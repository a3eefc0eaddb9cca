import {
  abandoned,
  adopted,
  appended,
  batchCut,
  evict,
  flushed,
  flushRequested,
  report,
  retryNow,
  send,
  stateIn,
  stopRequested,
  timerFired,
  wake,
  withdrawn,
} from "../machine-builders.ts";
import { EVERY_ANSWER, ignores, type TransitionCase } from "./transition-case.ts";

const empty = stateIn("starting");
const two = stateIn("starting", { pending: 2, fresh: 2 });
const awaited = stateIn("starting", { pending: 2, goal: 2, flushes: [2] });

const adoptions: readonly TransitionCase[] = [
  {
    says: "nothing was left behind and nothing is due: the interval is armed",
    given: two,
    when: adopted(0),
    becomes: { phase: "idle" },
    effects: [wake(10_000)],
  },
  {
    says: "nothing was left behind, and what is due goes out",
    given: awaited,
    when: adopted(0),
    becomes: { phase: "sending" },
    effects: [wake(null), send(4)],
  },
  {
    says: "flush() of an empty queue ends when nothing was left behind",
    given: { ...empty, flushes: [0] },
    when: adopted(0),
    becomes: { phase: "idle", flushes: [] },
    effects: [flushed(1), wake(null)],
  },
  {
    says: "what was left behind is due at once, and what this page tracked is not counted twice",
    given: stateIn("starting", { pending: 1, fresh: 1 }),
    when: adopted(3),
    becomes: { phase: "sending", pending: 4, goal: 3 },
    effects: [wake(null), send(4)],
  },
  {
    says: "whoever waits also waits for what stands in front now",
    given: awaited,
    when: adopted(2),
    becomes: { phase: "sending", pending: 4, goal: 4, flushes: [4] },
    effects: [wake(null), send(4)],
  },
  {
    says: "what may have been under way goes first, on its own",
    given: empty,
    when: adopted(3, 2),
    becomes: {
      phase: "sending",
      pending: 3,
      goal: 3,
      limit: 2,
      suspect: 0,
      ceiling: 4,
      refusals: 0,
    },
    effects: [wake(null), send(2)],
  },
  {
    says: "more doubtful ones than a batch takes do not enlarge the batch",
    given: empty,
    when: adopted(5, 5),
    becomes: { phase: "sending", pending: 5, goal: 5 },
    effects: [wake(null), send(4)],
  },
  {
    says: "beyond maxQueueSize the oldest go, which are those of earlier pages",
    given: awaited,
    when: adopted(5),
    becomes: { phase: "sending", pending: 5, goal: 5, flushes: [5] },
    effects: [evict(0, 2), wake(null), send(4)],
  },
  {
    says: "shutdown() delivers what was left behind, too",
    given: { ...empty, flushes: [0], stopping: true },
    when: adopted(2),
    becomes: { phase: "sending", pending: 2, goal: 2, flushes: [2] },
    effects: [wake(null), send(4)],
  },
  {
    says: "shutdown() with nothing to deliver stops",
    given: { ...empty, flushes: [0], stopping: true },
    when: adopted(0),
    becomes: { phase: "stopped", flushes: [] },
    effects: [flushed(1), wake(null)],
  },
];

/** Until it is known what earlier pages left behind, nothing is sent. */
export const starting: readonly TransitionCase[] = [
  ...adoptions,
  {
    says: "what is tracked meanwhile waits",
    given: empty,
    when: appended(1),
    becomes: { pending: 1, fresh: 1 },
    effects: [],
  },
  {
    says: "flushAt fresh operations will be due",
    given: two,
    when: appended(1),
    becomes: { pending: 3, fresh: 0, goal: 3 },
    effects: [],
  },
  {
    says: "beyond maxQueueSize the oldest go",
    given: stateIn("starting", { pending: 5 }),
    when: appended(1),
    becomes: { pending: 5, fresh: 1 },
    effects: [evict(0, 1)],
  },
  {
    says: "flush() waits, even with an empty queue: earlier pages may have left something",
    given: empty,
    when: flushRequested,
    becomes: { flushes: [0] },
    effects: [],
  },
  {
    says: "shutdown() waits as well",
    given: two,
    when: stopRequested,
    becomes: { fresh: 0, goal: 2, flushes: [2], stopping: true },
    effects: [],
  },
  {
    says: "a passed deadline ends the flush; the search goes on",
    given: awaited,
    when: abandoned,
    becomes: { goal: 0, flushes: [] },
    effects: [report("abandoned", 0), flushed(1)],
  },
  {
    says: "a passed deadline of shutdown() stops with everything kept",
    given: { ...awaited, stopping: true },
    when: abandoned,
    becomes: { phase: "stopped", goal: 0, flushes: [] },
    effects: [report("abandoned", 0), wake(null), flushed(1)],
  },
  {
    says: "what is withdrawn is not waited for any more",
    given: awaited,
    when: withdrawn(0, 1),
    becomes: { pending: 1, goal: 1, flushes: [1] },
    effects: [],
  },
  ...ignores(two, "nothing is sent before the adoption, not even at once", retryNow),
  ...ignores(two, "no timer is set", timerFired),
  ...ignores(two, "no request was asked for, so none can be cut", batchCut(1)),
  ...ignores(two, "a late answer settles nothing", ...EVERY_ANSWER),
];
