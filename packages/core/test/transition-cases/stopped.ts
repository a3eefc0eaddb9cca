import {
  abandoned,
  adopted,
  appended,
  batchCut,
  flushed,
  flushRequested,
  hurried,
  retryNow,
  stateIn,
  stopRequested,
  timerFired,
  withdrawn,
} from "../machine-builders.ts";
import { EVERY_ANSWER, ignores, type TransitionCase } from "./transition-case.ts";

const stopped = stateIn("stopped", { pending: 2, stopping: true });

export const stoppedForGood: readonly TransitionCase[] = [
  {
    says: "flush() ends at once",
    given: stopped,
    when: flushRequested,
    becomes: {},
    effects: [flushed(1)],
  },
  {
    says: "shutdown() ends at once",
    given: stopped,
    when: stopRequested,
    becomes: {},
    effects: [flushed(1)],
  },
  {
    says: "what another page took over is not this one's any more",
    given: stopped,
    when: withdrawn(0, 2),
    becomes: { pending: 0 },
    effects: [],
  },
  ...ignores(
    stopped,
    "stopped is final",
    appended(1),
    hurried,
    timerFired,
    retryNow,
    abandoned,
    batchCut(1),
    adopted(1),
  ),
  ...ignores(stopped, "a late answer settles nothing", ...EVERY_ANSWER),
];
