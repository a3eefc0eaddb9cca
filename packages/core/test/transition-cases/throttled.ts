import {
  abandoned,
  appended,
  evict,
  flushed,
  flushRequested,
  hurried,
  report,
  retryNow,
  send,
  stateIn,
  stopRequested,
  timerFired,
  wake,
  withdrawn,
} from "../machine-builders.ts";
import { ignores, ignoresStrays, type TransitionCase } from "./transition-case.ts";

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
    says: "nor does what is not to wait shorten it",
    given: nobodyWaits,
    when: hurried,
    becomes: { goal: 3 },
    effects: [],
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
    says: "flush() with an empty queue ends at once",
    given: stateIn("throttled"),
    when: flushRequested,
    becomes: {},
    effects: [flushed(1)],
  },
  {
    says: "shutdown() with an empty queue stops at once",
    given: stateIn("throttled"),
    when: stopRequested,
    becomes: { phase: "stopped", stopping: true },
    effects: [wake(null), flushed(1)],
  },
  {
    says: "what another page took over is not waited for any more, but the server's wait goes on",
    given: waiting,
    when: withdrawn(0, 2),
    becomes: { pending: 1, goal: 0, flushes: [] },
    effects: [flushed(1)],
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
  ...ignoresStrays(waiting),
];
