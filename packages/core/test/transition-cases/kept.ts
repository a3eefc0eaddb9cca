/** What `retriesKept: false` changes: delivery that has stopped waits for another operation, or for `flush()`. */
import {
  abandoned,
  appended,
  auth,
  report,
  retry,
  send,
  stateIn,
  timerFired,
  wake,
} from "../machine-builders.ts";
import type { TransitionCase } from "./transition-case.ts";

const sending = stateIn("sending", { pending: 3, inFlight: 2, goal: 2, fresh: 1 });

export const kept: readonly TransitionCase[] = [
  {
    says: "a refused key sets no timer",
    given: sending,
    when: auth,
    becomes: { phase: "unauthorized", inFlight: 0, goal: 0, fresh: 0 },
    effects: [report("auth", 1), wake(null)],
  },
  {
    says: "nor do retries that are used up",
    given: { ...sending, failures: 2 },
    when: retry(),
    becomes: { phase: "idle", inFlight: 0, goal: 0, fresh: 0, failures: 0, rounds: 1 },
    effects: [report("retry_exhausted", 3), wake(null)],
  },
  {
    says: "what the server asked for is waited out all the same",
    given: { ...sending, failures: 2 },
    when: retry(5000),
    becomes: { phase: "throttled", inFlight: 0, goal: 0, fresh: 0, failures: 0, rounds: 1 },
    effects: [report("retry_exhausted", 3), wake(5000)],
  },
  {
    says: "and then nothing is armed",
    given: stateIn("throttled", { pending: 3 }),
    when: timerFired,
    becomes: { phase: "idle" },
    effects: [wake(null)],
  },
  {
    says: "unless something came meanwhile",
    given: stateIn("throttled", { pending: 3, fresh: 1 }),
    when: timerFired,
    becomes: { phase: "idle" },
    effects: [wake(10_000)],
  },
  {
    says: "the first operation that comes arms the interval",
    given: stateIn("idle", { pending: 3 }),
    when: appended(1),
    becomes: { pending: 4, fresh: 1 },
    effects: [wake(10_000)],
  },
  {
    says: "further ones leave the armed timer alone",
    given: stateIn("idle", { pending: 3, fresh: 1 }),
    when: appended(1),
    becomes: { pending: 4, fresh: 2 },
    effects: [],
  },
  {
    says: "and then everything is tried",
    given: stateIn("idle", { pending: 4, fresh: 1 }),
    when: timerFired,
    becomes: { phase: "sending", goal: 4, fresh: 0 },
    effects: [wake(null), send(4)],
  },
  {
    says: "after a refused key too",
    given: stateIn("unauthorized", { pending: 3 }),
    when: appended(1),
    becomes: { pending: 4, fresh: 1 },
    effects: [wake(10_000)],
  },
  {
    says: "a passed deadline clears the timer",
    given: stateIn("idle", { pending: 2, fresh: 2 }),
    when: abandoned,
    becomes: { fresh: 0 },
    effects: [report("abandoned", 0), wake(null)],
  },
  {
    says: "a passed deadline leaves a refused key alone",
    given: stateIn("unauthorized", { pending: 2, fresh: 1 }),
    when: abandoned,
    becomes: { fresh: 0 },
    effects: [report("abandoned", 0), wake(null)],
  },
  {
    says: "a passed deadline ends a flush for good, but the server's wait goes on",
    given: stateIn("throttled", { pending: 2, goal: 2, fresh: 1, failures: 1 }),
    when: abandoned,
    becomes: { goal: 0, fresh: 0, failures: 0 },
    effects: [report("abandoned", 1)],
  },
];
