import fc from "fast-check";
import { expect, test } from "vitest";
import type { ClientConfig } from "../src/client/client.ts";
import { counterexamples } from "./counterexamples.ts";
import { type DrivenLoop, drivenLoop, type ServerMood } from "./driven-loop.ts";

const MAX_ACTIONS = 70;

type Action =
  | { readonly do: "track"; readonly times: number }
  | { readonly do: "identify" | "flush" | "stop" | "retryNow" | "abandon" | "fireTimer" }
  | { readonly do: "answer"; readonly mood: ServerMood }
  | { readonly do: "refuseInARow"; readonly times: number }
  /** `times`: of the errors that come, this many find an app that makes all these calls. */
  | { readonly do: "callBack"; readonly with: readonly CallBack[]; readonly times: number };

type CallBack = "track" | "identify" | "flush" | "stop" | "retryNow" | "throw";

const configs: fc.Arbitrary<ClientConfig> = fc.record({
  flushAt: fc.integer({ min: 1, max: 4 }),
  flushIntervalMs: fc.constantFrom(0, 10_000),
  maxQueueSize: fc.integer({ min: 4, max: 9 }),
  maxQueueBytes: fc.constant(1_000_000),
  maxBatchSize: fc.integer({ min: 1, max: 6 }),
  maxRetries: fc.integer({ min: 0, max: 3 }),
  backoff: fc.constant({ baseMs: 1000, maxMs: 30_000 }),
  maxBatchBytes: fc.constantFrom(1, 600, 1_000_000),
});

const moods = fc.oneof(
  { weight: 3, arbitrary: fc.constant<ServerMood>("takes") },
  {
    weight: 4,
    arbitrary: fc.constantFrom<ServerMood>(
      "refusesSome",
      "fails",
      "throttles",
      "auth",
      "refuses",
      "tooLarge",
    ),
  },
);

const callBacks = fc.constantFrom<CallBack>("track", "identify", "flush", "stop", "retryNow", "throw");

const actions: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("track" as const), times: fc.integer({ min: 1, max: 8 }) }),
  },
  { weight: 2, arbitrary: fc.constant<Action>({ do: "identify" }) },
  { weight: 2, arbitrary: fc.constant<Action>({ do: "flush" }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant("answer" as const), mood: moods }) },
  { weight: 4, arbitrary: fc.constant<Action>({ do: "fireTimer" }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("callBack" as const),
      with: fc.array(callBacks, { minLength: 1, maxLength: 4 }),
      times: fc.constantFrom(1, 1, 2, 40),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom<Action>({ do: "retryNow" }, { do: "abandon" }) },
);

/** Past the 72 in a row from which on whole batches are dropped; rarely, because it takes long. */
const refusals: fc.Arbitrary<Action[]> = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Action[]>([]) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 62, max: 82 }).map((times): Action[] => [{ do: "refuseInARow", times }]),
  },
);

/** Mostly without `stop`, which ends all that is interesting; then at some place near the end. */
const runs = fc
  .tuple(
    fc.array(actions, { maxLength: MAX_ACTIONS - 10, size: "max" }),
    refusals,
    fc.constantFrom<Action[]>([], [], [{ do: "stop" }]),
    fc.array(actions, { maxLength: 8 }),
  )
  .map((parts) => parts.flat());

function callBack(driven: DrivenLoop, how: CallBack): void {
  if (how === "throw") throw new Error("onError of an app");
  driven[how]();
}

/** A server that refuses whatever it gets, while the app goes on. */
async function refuseInARow(driven: DrivenLoop, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    for (let tracked = 0; tracked < 3; tracked++) driven.track();
    if (i % 8 === 0) driven.flush();
    await driven.check();
    driven.answer("refuses");
    await driven.check();
  }
}

async function perform(driven: DrivenLoop, action: Action): Promise<void> {
  switch (action.do) {
    case "track":
      for (let i = 0; i < action.times; i++) driven.track();
      return;
    case "answer":
      return driven.answer(action.mood);
    case "refuseInARow":
      return refuseInARow(driven, action.times);
    case "callBack":
      for (let i = 0; i < action.times; i++)
        driven.callBackFromOnError(() => {
          for (const how of action.with) callBack(driven, how);
        });
      return;
    default:
      return driven[action.do]();
  }
}

test("whatever the app, the server and the clock do, the loop does what a plain array would", async () => {
  let performed = 0;
  await fc.assert(
    fc.asyncProperty(configs, runs, async (config, run) => {
      const driven = drivenLoop(config);
      for (const action of run) {
        await perform(driven, action);
        await driven.check();
      }
      await driven.drain();
      performed += run.length;
    }),
    { numRuns: 400, examples: counterexamples("model") },
  );
  expect(performed).toBeGreaterThan(7_500);
});
