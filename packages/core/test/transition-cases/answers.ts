import {
  accepted,
  answered,
  auth,
  drop,
  flushed,
  rejected,
  remove,
  report,
  retry,
  send,
  stateIn,
  tooLarge,
  wake,
} from "../machine-builders.ts";
import type { TransitionCase } from "./transition-case.ts";

const two = stateIn("sending", { pending: 3, inFlight: 2, goal: 2, flushes: [2], fresh: 1 });
const one = stateIn("sending", { pending: 2, inFlight: 1, goal: 2, flushes: [1, 2] });
const stopping = { ...two, stopping: true };
const refusedForLong = { limit: 2, suspect: 0, ceiling: 4, refusals: 40 };

const acceptances: readonly TransitionCase[] = [
  {
    says: "what was accepted leaves; the flush has reached its goal and the rest is left to the interval",
    given: two,
    when: accepted(),
    becomes: { phase: "idle", pending: 1, inFlight: 0, goal: 0, flushes: [] },
    effects: [remove(2), flushed(1), wake(10_000)],
  },
  {
    says: "short of its goal the flush goes on, and a caller who waited for less is done",
    given: one,
    when: accepted(),
    becomes: { pending: 1, inFlight: 0, goal: 1, flushes: [1] },
    effects: [remove(1), flushed(1), wake(null), send(4)],
  },
  {
    says: "an emptied queue arms no timer",
    given: stateIn("sending", { pending: 2, inFlight: 2, goal: 2 }),
    when: accepted(),
    becomes: { phase: "idle", pending: 0, inFlight: 0, goal: 0 },
    effects: [remove(2), wake(null)],
  },
  {
    says: "a batch that took fresh operations along leaves none to count",
    given: stateIn("sending", { pending: 3, inFlight: 3, goal: 2, fresh: 1 }),
    when: accepted(),
    becomes: { phase: "idle", pending: 0, inFlight: 0, goal: 0, fresh: 0 },
    effects: [remove(3), wake(null)],
  },
  {
    says: "what the server counted as rejected leaves as well, and is told apart",
    given: stateIn("sending", { pending: 2, inFlight: 2, goal: 2 }),
    when: accepted(1),
    becomes: { phase: "idle", pending: 0, inFlight: 0, goal: 0 },
    effects: [remove(2, 1), wake(null)],
  },
  {
    says: "an acceptance ends the count of failures",
    given: { ...one, failures: 2 },
    when: accepted(),
    becomes: { pending: 1, inFlight: 0, goal: 1, flushes: [1], failures: 0 },
    effects: [remove(1), flushed(1), wake(null), send(4)],
  },
  {
    says: "the last flush done, the machine stops, whatever was appended behind it",
    given: stopping,
    when: accepted(),
    becomes: { phase: "stopped", pending: 1, inFlight: 0, goal: 0, flushes: [] },
    effects: [remove(2), flushed(1), wake(null)],
  },
];

const failures: readonly TransitionCase[] = [
  {
    says: "a failure backs off and keeps everything",
    given: two,
    when: retry(),
    becomes: { phase: "backoff", inFlight: 0, failures: 1 },
    effects: [wake(500)],
  },
  {
    says: "the next failure waits longer; randomness decides within its upper half",
    given: { ...two, failures: 1 },
    when: answered({ kind: "retry" }, 0.5),
    becomes: { phase: "backoff", inFlight: 0, failures: 2 },
    effects: [wake(1500)],
  },
  {
    says: "a wait the server asked for replaces the backoff",
    given: two,
    when: retry(5000),
    becomes: { phase: "throttled", inFlight: 0, failures: 1 },
    effects: [wake(5000)],
  },
  {
    says: "one failure more than maxRetries is reported, and everything is kept for the interval",
    given: { ...two, failures: 2 },
    when: retry(),
    becomes: { phase: "idle", inFlight: 0, goal: 0, flushes: [], failures: 0 },
    effects: [report("retry_exhausted", 3), wake(10_000), flushed(1)],
  },
  {
    says: "the server's wait is honoured even after the last attempt",
    given: { ...two, failures: 2 },
    when: retry(5000),
    becomes: { phase: "throttled", inFlight: 0, goal: 0, flushes: [], failures: 0 },
    effects: [report("retry_exhausted", 3), wake(5000), flushed(1)],
  },
  {
    says: "shutdown() ends with everything kept when retries run out",
    given: { ...stopping, failures: 2 },
    when: retry(5000),
    becomes: { phase: "stopped", inFlight: 0, goal: 0, flushes: [], failures: 0 },
    effects: [report("retry_exhausted", 3), wake(null), flushed(1)],
  },
  {
    says: "a refused key is reported and everything is kept",
    given: { ...two, failures: 1 },
    when: auth,
    becomes: { phase: "held", inFlight: 0, goal: 0, flushes: [], failures: 0 },
    effects: [report("auth", 1), wake(10_000), flushed(1)],
  },
  {
    says: "a refused key ends shutdown()",
    given: stopping,
    when: auth,
    becomes: { phase: "stopped", inFlight: 0, goal: 0, flushes: [] },
    effects: [report("auth", 1), wake(null), flushed(1)],
  },
];

const refusals: readonly TransitionCase[] = [
  {
    says: "a refused batch is halved, and its front suspected",
    given: { ...two, failures: 1 },
    when: rejected,
    becomes: { inFlight: 0, failures: 0, sizing: { limit: 1, suspect: 2, ceiling: 4, refusals: 1 } },
    effects: [wake(null), send(1)],
  },
  {
    says: "an operation refused alone is dropped, and the next is tried alone",
    given: one,
    when: rejected,
    becomes: {
      pending: 1,
      inFlight: 0,
      goal: 1,
      flushes: [1],
      sizing: { limit: 1, suspect: 0, ceiling: 4, refusals: 1 },
    },
    effects: [drop(1, "rejected"), flushed(1), wake(null), send(1)],
  },
  {
    says: "short of 40 refusals in a row batches are divided, however many there were",
    given: { ...two, sizing: { ...refusedForLong, refusals: 39 } },
    when: rejected,
    becomes: { inFlight: 0, sizing: { limit: 1, suspect: 2, ceiling: 4, refusals: 40 } },
    effects: [wake(null), send(1)],
  },
  {
    says: "after 40 refusals in a row two operations are dropped undivided, and four are next",
    given: { ...two, sizing: refusedForLong },
    when: rejected,
    becomes: {
      phase: "idle",
      pending: 1,
      inFlight: 0,
      goal: 0,
      flushes: [],
      sizing: { limit: 4, suspect: 0, ceiling: 4, refusals: 41 },
    },
    effects: [drop(2, "rejected"), flushed(1), wake(10_000)],
  },
  {
    says: "after 40 refusals in a row too large a batch is dropped undivided, and the ceiling is forgotten",
    given: { ...two, sizing: { ...refusedForLong, ceiling: 2 } },
    when: tooLarge,
    becomes: {
      phase: "idle",
      pending: 1,
      inFlight: 0,
      goal: 0,
      flushes: [],
      sizing: { limit: 4, suspect: 0, ceiling: 4, refusals: 41 },
    },
    effects: [drop(2, "too_large"), flushed(1), wake(10_000)],
  },
  {
    says: "one acceptance, and batches are divided again",
    given: stateIn("sending", {
      pending: 3,
      inFlight: 2,
      goal: 3,
      sizing: { ...refusedForLong, refusals: 46 },
    }),
    when: accepted(),
    becomes: {
      pending: 1,
      inFlight: 0,
      goal: 1,
      sizing: { limit: 4, suspect: 0, ceiling: 4, refusals: 0 },
    },
    effects: [remove(2), wake(null), send(4)],
  },
  {
    says: "a batch too large is halved, and the server's limit remembered",
    given: stateIn("sending", { pending: 3, inFlight: 3, goal: 3 }),
    when: tooLarge,
    becomes: { inFlight: 0, sizing: { limit: 1, suspect: 0, ceiling: 1, refusals: 1 } },
    effects: [wake(null), send(1)],
  },
  {
    says: "an operation too large on its own is dropped, and says nothing about the size of others",
    given: { ...one, sizing: { limit: 1, suspect: 0, ceiling: 1, refusals: 2 } },
    when: tooLarge,
    becomes: {
      pending: 1,
      inFlight: 0,
      goal: 1,
      flushes: [1],
      sizing: { limit: 4, suspect: 0, ceiling: 4, refusals: 3 },
    },
    effects: [drop(1, "too_large"), flushed(1), wake(null), send(4)],
  },
];

export const answers: readonly TransitionCase[] = [...acceptances, ...failures, ...refusals];
