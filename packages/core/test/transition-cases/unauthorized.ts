import {
  abandoned,
  appended,
  evict,
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

const held = stateIn("unauthorized", { pending: 4 });

export const unauthorized: readonly TransitionCase[] = [
  {
    says: "new operations do not try a refused key again, not even flushAt of them",
    given: stateIn("unauthorized", { pending: 2 }),
    when: appended(3),
    becomes: { pending: 5, fresh: 3 },
    effects: [],
  },
  ...ignores(held, "a refused key is not tried again for that, either", hurried),
  {
    says: "beyond maxQueueSize the oldest go",
    given: held,
    when: appended(2),
    becomes: { pending: 5, fresh: 2 },
    effects: [evict(0, 1)],
  },
  {
    says: "flush() tries again",
    given: held,
    when: flushRequested,
    becomes: { phase: "sending", goal: 4, flushes: [4], futile: 1 },
    effects: [wake(null), send(4)],
  },
  {
    says: "after a wait, when ten in a row were in vain",
    given: { ...held, futile: 10 },
    when: flushRequested,
    becomes: { phase: "backoff", goal: 4, flushes: [4] },
    effects: [wake(1000)],
  },
  {
    says: "the interval tries again",
    given: held,
    when: timerFired,
    becomes: { phase: "sending", goal: 4 },
    effects: [wake(null), send(4)],
  },
  {
    says: "shutdown() tries a last time",
    given: held,
    when: stopRequested,
    becomes: { phase: "sending", goal: 4, flushes: [4], stopping: true, futile: 1 },
    effects: [wake(null), send(4)],
  },
  {
    says: "a passed deadline tells what stays behind, and leaves the key to the interval",
    given: held,
    when: abandoned,
    becomes: {},
    effects: [report("abandoned", 0)],
  },
  {
    says: "what another page took over is that page's to try",
    given: held,
    when: withdrawn(1, 2),
    becomes: { pending: 2 },
    effects: [],
  },
  ...ignores(held, "being back online does not mend a key", retryNow),
  ...ignores(stateIn("unauthorized"), "there is nothing to give up", abandoned),
  ...ignoresStrays(held),
];
