import fc from "fast-check";
import { expect, test } from "vitest";
import type { WhisperrOptions } from "../src/options.ts";
import { counterexamples } from "./counterexamples.ts";
import { DEVICE_EXAMPLES } from "./device-examples.ts";
import { type Action, type CallBack, deviceWorld, REQUEST_TIMEOUT_MS } from "./device-world.ts";

const options: fc.Arbitrary<Partial<WhisperrOptions>> = fc.record({
  flushAt: fc.integer({ min: 1, max: 3 }),
  flushIntervalMs: fc.constantFrom(0, 10_000),
  maxQueueSize: fc.constantFrom(3, 50),
  maxBatchSize: fc.integer({ min: 1, max: 3 }),
  maxRetries: fc.integer({ min: 0, max: 1 }),
  requestTimeoutMs: fc.constant(REQUEST_TIMEOUT_MS),
});

const token = fc.integer({ min: 1, max: 3 });

const calls: fc.Arbitrary<CallBack> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<CallBack>({ do: "track" }) },
  { weight: 2, arbitrary: fc.constant<CallBack>({ do: "flush" }) },
  { weight: 1, arbitrary: fc.constantFrom<CallBack>({ do: "reset" }, { do: "optOut" }) },
  { weight: 2, arbitrary: fc.constant<CallBack>({ do: "optIn" }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("identify" as const),
      user: fc.constantFrom("ada", "bob"),
      token: fc.option(token, { nil: undefined }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("setPushToken" as const), token }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("setPushPermission" as const),
      permission: fc.constantFrom("granted" as const, "denied" as const),
    }),
  },
);

const actions: fc.Arbitrary<Action> = fc.oneof(
  { weight: 12, arbitrary: calls },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant("answer" as const),
      status: fc.constantFrom(202, 202, 202, 400, 401, 503),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Action>({ do: "fireTimer" }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("restart" as const), arrives: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("callBack" as const), step: calls }) },
);

/** Throws at the first thing that must not be. */
async function live(given: Partial<WhisperrOptions>, holds: boolean, run: readonly Action[]): Promise<void> {
  const world = deviceWorld(given, holds);
  for (const action of run) {
    if (action.do === "callBack") world.callBack(action.step);
    else await world.take(action);
  }
  await world.heal();
}

test("whoever holds the device, nothing of one person reaches another, and the server ends up knowing what is wanted", async () => {
  let taken = 0;
  const lives = fc.asyncProperty(
    options,
    fc.boolean(),
    fc.array(actions, { maxLength: 40, size: "max" }),
    async (given, holds, run) => {
      await live(given, holds, run);
      taken += run.length;
    },
  );
  await fc.assert(lives, { numRuns: 400, examples: counterexamples("device-model") });
  // A single life that is replayed is short.
  if (process.env.FC_PATH === undefined) expect(taken).toBeGreaterThan(4_000);
});

test.each(DEVICE_EXAMPLES)(
  "and so it is where it was not once: $what",
  async ({ given, holds = false, run }) => {
    await live({ ...given, requestTimeoutMs: REQUEST_TIMEOUT_MS }, holds, run);
  },
);
