import {
  abandoned,
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
} from "../machine-builders.ts";
import { EVERY_ANSWER, ignores, type TransitionCase } from "./transition-case.ts";

const waiting = stateIn("backoff", { pending: 3, goal: 2, flushes: [2], failures: 1, fresh: 1 });

export const backoff: readonly TransitionCase[] = [
  {
    says: "what is tracked meanwhile waits; it does not shorten the backoff",
    given: waiting,
    when: appended(1),
    becomes: { pending: 4, fresh: 2 },
    effects: [],
  },
  {
    says: "flushAt fresh operations become part of the running flush",
    given: waiting,
    when: appended(2),
    becomes: { pending: 5, fresh: 0, goal: 5 },
    effects: [],
  },
  {
    says: "beyond maxQueueSize the oldest go, and a flush that waited for them alone ends",
    given: stateIn("backoff", { pending: 5, goal: 2, flushes: [2], failures: 1 }),
    when: appended(2),
    becomes: { pending: 5, fresh: 2, goal: 0, flushes: [] },
    effects: [evict(0, 2), flushed(1)],
  },
  {
    says: "flush() joins the running flush and does not shorten the backoff",
    given: waiting,
    when: flushRequested,
    becomes: { fresh: 0, goal: 3, flushes: [2, 3] },
    effects: [],
  },
  {
    says: "the timer sends the next attempt; failures go on counting",
    given: waiting,
    when: timerFired,
    becomes: { phase: "sending" },
    effects: [wake(null), send(4)],
  },
  {
    says: "retryNow sends the next attempt now",
    given: waiting,
    when: retryNow,
    becomes: { phase: "sending" },
    effects: [wake(null), send(4)],
  },
  {
    says: "shutdown() tries now: nobody wants to wait at the end",
    given: waiting,
    when: stopRequested,
    becomes: { phase: "sending", fresh: 0, goal: 3, flushes: [2, 3], stopping: true },
    effects: [wake(null), send(4)],
  },
  {
    says: "a passed deadline ends the flush, keeps everything and leaves the rest to the interval",
    given: waiting,
    when: abandoned,
    becomes: { phase: "idle", goal: 0, flushes: [], failures: 0 },
    effects: [report("abandoned", 1), wake(10_000), flushed(1)],
  },
  {
    says: "a passed deadline of shutdown() stops with everything kept",
    given: { ...waiting, stopping: true },
    when: abandoned,
    becomes: { phase: "stopped", goal: 0, flushes: [], failures: 0 },
    effects: [report("abandoned", 1), wake(null), flushed(1)],
  },
  {
    says: "a passed deadline with nothing left to deliver has nothing to tell",
    given: stateIn("backoff", { failures: 1 }),
    when: abandoned,
    becomes: { phase: "idle", failures: 0 },
    effects: [wake(null)],
  },
  ...ignores(waiting, "no request was asked for, so none can be cut", batchCut(1)),
  ...ignores(waiting, "a late answer settles nothing", ...EVERY_ANSWER),
];
