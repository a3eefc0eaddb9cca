/** What fails without being refused: who is suspected, what is probed behind it, and what an answer to that says of the front. */
import {
  abort,
  accepted,
  answered,
  auth,
  blamed,
  blamedSize,
  drop,
  flushed,
  rejected,
  remove,
  report,
  retry,
  send,
  stateIn,
  timerFired,
  wake,
  withdrawn,
} from "../machine-builders.ts";
import type { Effect } from "../transition.ts";
import type { TransitionCase } from "./transition-case.ts";

const alone = stateIn("sending", { pending: 3, inFlight: 1, goal: 3 });
const four = stateIn("sending", { pending: 4, inFlight: 4, goal: 4 });
const probing = stateIn("sending", {
  pending: 4,
  inFlight: 3,
  offset: 2,
  goal: 4,
  failures: 1,
  doubts: 4,
  probes: 2,
});
/** What is sent, or leaves, behind the front. */
const behind = (effect: Effect) => ({ ...effect, offset: 2 }) as Effect;
const identify = (kind: "accepted" | "rejected") =>
  ({ ...answered(kind === "accepted" ? { kind, rejected: 0 } : { kind }), isIdentify: true }) as const;

const suspicions: readonly TransitionCase[] = [
  {
    says: "what failed once is sent whole again: most failures are over by then",
    given: four,
    when: blamed,
    becomes: { phase: "backoff", inFlight: 0, failures: 1, doubts: 1 },
    effects: [wake(500)],
  },
  {
    says: "what failed twice is halved, for one in it may be why",
    given: { ...four, failures: 1, doubts: 1 },
    when: blamed,
    becomes: { phase: "backoff", inFlight: 0, failures: 2, doubts: 1, limit: 2, suspect: 4 },
    effects: [wake(1000)],
  },
  {
    says: "a large body without an answer is halved at once, and no later one is larger",
    given: four,
    when: blamedSize,
    becomes: { phase: "backoff", inFlight: 0, failures: 1, doubts: 1, limit: 2, ceiling: 2 },
    effects: [wake(500)],
  },
  {
    says: "one that failed alone three times is not suspected yet",
    given: { ...alone, doubts: 2 },
    when: blamed,
    becomes: { phase: "backoff", inFlight: 0, failures: 1, doubts: 3 },
    effects: [wake(500)],
  },
  {
    says: "once more, and what stands behind it is probed, after the shortest wait",
    given: { ...alone, doubts: 3 },
    when: blamed,
    becomes: { phase: "backoff", inFlight: 0, offset: 1, failures: 1, doubts: 4 },
    effects: [wake(500)],
  },
  {
    says: "but not beyond the attempts of the flush",
    given: { ...alone, doubts: 3, failures: 1, rounds: 2 },
    when: blamed,
    becomes: { phase: "idle", inFlight: 0, goal: 0, failures: 0, doubts: 4, rounds: 3 },
    effects: [report("retry_exhausted", 2), wake(40_000)],
  },
  {
    says: "another one was taken: the front is dropped, and the next need fail three times only",
    given: { ...alone, doubts: 9, probes: 4 },
    when: blamed,
    becomes: { phase: "backoff", pending: 2, inFlight: 0, goal: 2, doubts: 1, probes: 4 },
    effects: [drop(1, "undeliverable"), wake(500)],
  },
  {
    says: "the front is dropped, and the flush was for that one only",
    given: { ...alone, goal: 1, doubts: 9 },
    when: blamed,
    becomes: { phase: "idle", pending: 2, inFlight: 0, goal: 0, doubts: 1 },
    effects: [drop(1, "undeliverable"), wake(10_000)],
  },
  {
    says: "one that is refused says nothing of how large a batch may be",
    given: { ...alone, limit: 1, ceiling: 2 },
    when: rejected,
    becomes: { pending: 2, inFlight: 0, goal: 2, limit: 1, refusals: 1 },
    effects: [drop(1, "rejected"), wake(null), send(1)],
  },
  {
    says: "what is taken takes the suspicion along: another one is in front",
    given: { ...alone, doubts: 3, probes: 4 },
    when: accepted(),
    becomes: { pending: 2, inFlight: 0, goal: 2, doubts: 0, probes: 1 },
    effects: [remove(1), wake(null), send(4)],
  },
  {
    says: "a refused key says nothing of the front",
    given: { ...alone, doubts: 3 },
    when: auth,
    becomes: { phase: "unauthorized", inFlight: 0, goal: 0 },
    effects: [report("auth", 1), wake(10_000)],
  },
];

const probes: readonly TransitionCase[] = [
  {
    says: "a probe that fails as well was an attempt made early: its wait is added, and the next probe goes further",
    given: probing,
    when: blamed,
    becomes: { phase: "backoff", inFlight: 0, offset: 0, failures: 2, doubts: 1, probes: 8 },
    effects: [wake(1500)],
  },
  {
    says: "a probe of the last one that fails: the next is close to the front again",
    given: { ...probing, inFlight: 4, offset: 3, probes: 3 },
    when: blamed,
    becomes: { phase: "backoff", inFlight: 0, offset: 0, failures: 2, doubts: 1, probes: 1 },
    effects: [wake(1500)],
  },
  {
    says: "a probe that fails in a long outage: the count of failures begins anew",
    given: { ...probing, rounds: 2 },
    when: blamed,
    becomes: {
      phase: "idle",
      inFlight: 0,
      offset: 0,
      goal: 0,
      failures: 0,
      doubts: 0,
      probes: 8,
      rounds: 4,
    },
    effects: [report("retry_exhausted", 2), wake(120_000)],
  },
  {
    says: "a probe is told to wait: until then, and no longer",
    given: probing,
    when: retry(2000),
    becomes: { phase: "throttled", inFlight: 0, offset: 0, failures: 2, doubts: 1, probes: 8 },
    effects: [wake(2000)],
  },
  {
    says: "a probe that is taken leaves, and the next failure of the front is its own",
    given: probing,
    when: accepted(),
    becomes: { pending: 3, inFlight: 0, offset: 0, goal: 3, failures: 0, doubts: 9, limit: 1 },
    effects: [behind(remove(1)), wake(null), send(1)],
  },
  {
    says: "a probe is taken whose front is gone: the new one is not suspected",
    given: { ...probing, doubts: 0 },
    when: accepted(),
    becomes: { pending: 3, inFlight: 0, offset: 0, goal: 3, failures: 0, limit: 1 },
    effects: [behind(remove(1)), wake(null), send(1)],
  },
  {
    says: "a probe that is an identify is said again in its turn: the front may be an older one",
    given: probing,
    when: identify("accepted"),
    becomes: { inFlight: 0, offset: 0, failures: 0, doubts: 9, limit: 1 },
    effects: [wake(null), send(1)],
  },
  {
    says: "a probe that is refused is dropped, and says nothing of the front",
    given: probing,
    when: rejected,
    becomes: { pending: 3, inFlight: 0, offset: 0, goal: 3, failures: 0, refusals: 1, limit: 1 },
    effects: [drop(1, "rejected", 2), wake(null), send(1)],
  },
  {
    says: "an identify that is refused as a probe is dropped like any other operation",
    given: probing,
    when: identify("rejected"),
    becomes: { pending: 3, inFlight: 0, offset: 0, goal: 3, failures: 0, refusals: 1, limit: 1 },
    effects: [drop(1, "rejected", 2), wake(null), send(1)],
  },
  {
    says: "a probe whose key is refused was not taken: the front is as good as what stands behind it",
    given: probing,
    when: auth,
    becomes: { phase: "unauthorized", inFlight: 0, offset: 0, goal: 0, failures: 0, doubts: 0 },
    effects: [report("auth", 1), wake(10_000)],
  },
];

const waits: readonly TransitionCase[] = [
  {
    says: "a probe is let go of when something behind it is gone: another page may have it",
    given: { ...probing, pending: 5, goal: 5 },
    when: withdrawn(3, 1),
    becomes: { pending: 4, inFlight: 0, offset: 0, goal: 4 },
    effects: [abort, wake(null), send(4)],
  },
  {
    says: "the wait for a probe goes on when something behind it is gone",
    given: stateIn("backoff", { pending: 4, goal: 4, offset: 1, failures: 1, doubts: 4 }),
    when: withdrawn(2, 1),
    becomes: { pending: 3, goal: 3 },
    effects: [],
  },
  {
    says: "the wait for a probe is over",
    given: stateIn("backoff", { pending: 3, goal: 3, offset: 2, failures: 1, doubts: 4 }),
    when: timerFired,
    becomes: { phase: "sending" },
    effects: [wake(null), behind(send(1))],
  },
  {
    says: "the wait for a probe is over, and the flush no longer reaches as far: the front is sent",
    given: stateIn("backoff", { pending: 3, goal: 2, offset: 2, failures: 1, doubts: 4 }),
    when: timerFired,
    becomes: { phase: "sending", offset: 0 },
    effects: [wake(null), send(4)],
  },
  {
    says: "a shutdown() goes on waiting while some of what it is for is left",
    given: stateIn("throttled", { pending: 3, goal: 2, flushes: [2], failures: 1, stopping: true }),
    when: withdrawn(2, 1),
    becomes: { pending: 2 },
    effects: [],
  },
  {
    says: "a shutdown() stops where another page has taken over all that it was for",
    given: stateIn("starting", { pending: 1, goal: 1, flushes: [1], stopping: true }),
    when: withdrawn(0, 1),
    becomes: { phase: "stopped", pending: 0, goal: 0, flushes: [] },
    effects: [flushed(1), wake(null)],
  },
];

const starts: readonly TransitionCase[] = [
  {
    says: "a flush begins with the probe that the one before it did not come to",
    given: stateIn("idle", { pending: 3, doubts: 4, probes: 4 }),
    when: timerFired,
    becomes: { phase: "sending", goal: 3, offset: 2 },
    effects: [wake(null), behind(send(1))],
  },
  {
    says: "a flush begins at the front while that has attempts left",
    given: stateIn("idle", { pending: 3, doubts: 3 }),
    when: timerFired,
    becomes: { phase: "sending", goal: 3 },
    effects: [wake(null), send(4)],
  },
  {
    says: "a flush of one operation has nothing to probe",
    given: stateIn("idle", { pending: 1, doubts: 4 }),
    when: timerFired,
    becomes: { phase: "sending", goal: 1 },
    effects: [wake(null), send(4)],
  },
];

export const doubtful: readonly TransitionCase[] = [...suspicions, ...probes, ...waits, ...starts];
