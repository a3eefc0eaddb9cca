/** A step may end in its middle, at the end of the call stack: whatever it has left undone, what is known for certain puts it right. */
import { expect, test } from "vitest";
import type { DeliveryState } from "../src/delivery/state.ts";
import { explore, type World } from "./explore.ts";
import { CONFIG, stateIn } from "./machine-builders.ts";
import { checkState, follow } from "./rules.ts";
import { type Input, transition } from "./transition.ts";

const config = { ...CONFIG, flushAt: 2, maxQueueSize: 3, maxBatchSize: 2, maxRetries: 0 };

/** What a step that ended in its middle may have left: the machine behind what surrounds it, or ahead of it. */
const TEARS: readonly (readonly [what: string, tear: (world: World) => World | undefined])[] = [
  ["nothing", (world) => world],
  ["an operation that is not counted", (world) => behind(world, { pending: world.machine.pending - 1 })],
  ["one that is counted and gone", (world) => behind(world, { pending: world.machine.pending + 1 })],
  ["a caller who is not noted", (world) => behind(world, { flushes: [] })],
  [
    "a flush that has ended for callers who were not told",
    (world) => behind(world, { flushes: [], goal: 0 }),
  ],
  ["no timer", (world) => ({ ...world, timer: false, serverWait: false })],
  [
    "no request, where one was to be made",
    (world) =>
      world.request === "open" || world.serverWait
        ? undefined
        : behind(world, { phase: "sending", inFlight: 0 }),
  ],
];

function behind(world: World, machine: Partial<DeliveryState>): World | undefined {
  if (machine.pending !== undefined && machine.pending < 0) return undefined;
  return { ...world, machine: { ...world.machine, ...machine } };
}

const { worlds } = explore(config, { callers: 2, blames: false });

test.each(TEARS)("%s is put right in every reachable state", (_what, tear) => {
  let mended = 0;
  for (const world of worlds) {
    const torn = tear(world);
    if (torn === undefined) continue;
    const isOpen = torn.request === "open";
    // What was asked for and lost is no request.
    const from: World = isOpen ? torn : { ...torn, request: "none" };
    const { outbox, waiting, timer } = from;
    const input: Input = {
      type: "mended",
      pending: outbox,
      waiting: waiting.length,
      isLast: world.machine.stopping,
      isUnderWay: from.machine.phase === "sending" ? isOpen : timer,
    };
    const to = follow(from, input, transition(from.machine, input, config));
    try {
      checkState(to, config);
    } catch (error) {
      throw new Error(`${(error as Error).message}: ${JSON.stringify(from)}`);
    }
    mended++;
  }
  expect(mended).toBeGreaterThan(1_000);
});

test("a server's wait goes on, and whoever waits is noted", () => {
  const torn = stateIn("throttled", { pending: 1 });
  const input: Input = { type: "mended", pending: 2, waiting: 1, isLast: false, isUnderWay: true };
  const { state, effects } = transition(torn, input, config);
  expect(effects).toEqual([]);
  expect(state).toMatchObject({ phase: "throttled", pending: 2, goal: 2, flushes: [2] });
});
