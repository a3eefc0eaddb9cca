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

const waiting = stateIn("throttled", { pending: 3, goal: 2, flushes: [2], failures: 1, fresh: 1 });
const nobodyWaits = stateIn("throttled", { pending: 3 });

export const throttled: readonly TransitionCase[] = [
  {
    says: "what is tracked meanwhile waits",
    given: waiting,
    when: appended(1),
    becomes: { pending: 4, fresh: 2 },
    effects: [],
  },
  {
    says: "flushAt fresh operations are flushed once the server's wait is over",
    given: nobodyWaits,
    when: appended(3),
    becomes: { pending: 5, goal: 5 },
    effects: [evict(0, 1)],
  },
  {
    says: "flush() joins, and does not shorten what the server asked for",
    given: waiting,
    when: flushRequested,
    becomes: { fresh: 0, goal: 3, flushes: [2, 3] },
    effects: [],
  },
  {
    says: "the timer sends the next attempt of a flush",
    given: waiting,
    when: timerFired,
    becomes: { phase: "sending" },
    effects: [wake(null), send(4)],
  },
  {
    says: "without a flush the end of the wait only arms the interval",
    given: nobodyWaits,
    when: timerFired,
    becomes: { phase: "idle" },
    effects: [wake(10_000)],
  },
  {
    says: "shutdown() waits as well: its deadline is the app's to set",
    given: waiting,
    when: stopRequested,
    becomes: { fresh: 0, goal: 3, flushes: [2, 3], stopping: true },
    effects: [],
  },
  {
    says: "a passed deadline ends the flush, but the server's wait goes on",
    given: waiting,
    when: abandoned,
    becomes: { goal: 0, flushes: [], failures: 0 },
    effects: [report("abandoned", 1), flushed(1)],
  },
  {
    says: "a passed deadline of shutdown() stops with everything kept",
    given: { ...waiting, stopping: true },
    when: abandoned,
    becomes: { phase: "stopped", goal: 0, flushes: [], failures: 0 },
    effects: [report("abandoned", 1), wake(null), flushed(1)],
  },
  ...ignores(waiting, "nothing shortens what the server asked for", retryNow),
  ...ignores(waiting, "no request was asked for, so none can be cut", batchCut(1)),
  ...ignores(waiting, "a late answer settles nothing", ...EVERY_ANSWER),
];
