import {
  abandoned,
  appended,
  batchCut,
  evict,
  flushed,
  flushRequested,
  retryNow,
  send,
  stateIn,
  stopRequested,
  timerFired,
  wake,
} from "../machine-builders.ts";
import { EVERY_ANSWER, ignores, type TransitionCase } from "./transition-case.ts";

const empty = stateIn("idle");
const two = stateIn("idle", { pending: 2, fresh: 2 });
const exhaustedSearch = { limit: 4, suspect: 0, ceiling: 4, refusals: 80 };

export const idle: readonly TransitionCase[] = [
  {
    says: "the first operation arms the interval",
    given: empty,
    when: appended(1),
    becomes: { pending: 1, fresh: 1 },
    effects: [wake(10_000)],
  },
  {
    says: "further ones leave the armed timer alone, so that none waits longer than the interval",
    given: stateIn("idle", { pending: 1, fresh: 1 }),
    when: appended(1),
    becomes: { pending: 2, fresh: 2 },
    effects: [],
  },
  {
    says: "the flushAt-th fresh operation starts a flush of everything",
    given: stateIn("idle", { pending: 3, fresh: 2 }),
    when: appended(1),
    becomes: { phase: "sending", pending: 4, fresh: 0, goal: 4 },
    effects: [wake(null), send(4)],
  },
  {
    says: "operations kept from an earlier flush do not count towards flushAt",
    given: stateIn("idle", { pending: 4, fresh: 0 }),
    when: appended(1),
    becomes: { pending: 5, fresh: 1 },
    effects: [],
  },
  {
    says: "beyond maxQueueSize the oldest go",
    given: stateIn("idle", { pending: 5, fresh: 0 }),
    when: appended(1),
    becomes: { pending: 5, fresh: 1 },
    effects: [evict(0, 1)],
  },
  {
    says: "more than the queue holds, at once: the last ones stay, and are flushed",
    given: empty,
    when: appended(7),
    becomes: { phase: "sending", pending: 5, fresh: 0, goal: 5 },
    effects: [evict(0, 2), wake(null), send(4)],
  },
  {
    says: "flush() sends, and waits for everything queued now",
    given: two,
    when: flushRequested,
    becomes: { phase: "sending", fresh: 0, goal: 2, flushes: [2] },
    effects: [wake(null), send(4)],
  },
  {
    says: "flush() with an empty queue ends at once",
    given: empty,
    when: flushRequested,
    becomes: {},
    effects: [wake(null), flushed(1)],
  },
  {
    says: "a new flush may search again, a little, after a server refused everything",
    given: stateIn("idle", { pending: 2, sizing: exhaustedSearch }),
    when: flushRequested,
    becomes: { phase: "sending", goal: 2, flushes: [2], sizing: { ...exhaustedSearch, refusals: 70 } },
    effects: [wake(null), send(4)],
  },
  {
    says: "the interval starts a flush nobody waits for",
    given: two,
    when: timerFired,
    becomes: { phase: "sending", fresh: 0, goal: 2 },
    effects: [wake(null), send(4)],
  },
  {
    says: "a timer that fires with an empty queue starts nothing and arms nothing",
    given: empty,
    when: timerFired,
    becomes: {},
    effects: [wake(null)],
  },
  {
    says: "shutdown() with something queued is a last flush",
    given: two,
    when: stopRequested,
    becomes: { phase: "sending", fresh: 0, goal: 2, flushes: [2], stopping: true },
    effects: [wake(null), send(4)],
  },
  {
    says: "shutdown() with an empty queue stops at once",
    given: empty,
    when: stopRequested,
    becomes: { phase: "stopped", stopping: true },
    effects: [wake(null), flushed(1)],
  },
  ...ignores(two, "no request was asked for, so none can be cut", batchCut(1)),
  ...ignores(two, "a late answer settles nothing", ...EVERY_ANSWER),
  ...ignores(two, "there is no backoff to skip", retryNow),
  ...ignores(two, "there is nothing to give up", abandoned),
];
