/** Breadth-first search of everything that requests, delivery and a platform can do with each other at small bounds. */
import type { DeliveryConfig } from "@whisperr/core";
import { follow, type Input } from "./follow.ts";
import { checkStep, checkWorld } from "./rules.ts";
import { initialWorld, type World } from "./world.ts";

export interface Exploration {
  readonly worlds: readonly World[];
  /** For each world, the worlds that one fair input leads to. */
  readonly fair: readonly (readonly number[])[];
  readonly steps: number;
}

export interface Bounds {
  readonly requests: number;
  readonly operations: number;
}

/** Visits every reachable world once. Throws, with the way there, when a rule is broken. */
export function explore(config: DeliveryConfig, bounds: Bounds): Exploration {
  const indexes = new Map<string, number>();
  const worlds: World[] = [];
  const cameFrom: { readonly index: number; readonly input: Input | "start" }[] = [];
  const fair: number[][] = [];
  let steps = 0;

  function reach(world: World, index: number, input: Input | "start"): number {
    const key = JSON.stringify(world);
    const known = indexes.get(key);
    if (known !== undefined) return known;
    indexes.set(key, worlds.length);
    cameFrom.push({ index, input });
    return worlds.push(world) - 1;
  }

  function expand(index: number, from: World, input: Input): number {
    steps++;
    try {
      const { world, notes } = follow(from, input, config);
      checkStep(from, input, world, notes);
      checkWorld(world);
      return reach(world, index, input);
    } catch (error) {
      const way: unknown[] = [input];
      for (let at = cameFrom[index]; at !== undefined; at = cameFrom[at.index]) way.unshift(at.input);
      throw new Error(
        `${(error as Error).message}, after\n  ${way.map((one) => JSON.stringify(one)).join("\n  ")}`,
      );
    }
  }

  reach(initialWorld(config), -1, "start");
  // `worlds` grows while it is walked: it is the queue of the search.
  for (let index = 0; index < worlds.length; index++) {
    const from = worlds[index] as World;
    fair.push(fairInputs(from).map((input) => expand(index, from, input)));
    for (const input of freeInputs(from, bounds)) expand(index, from, input);
  }
  return { worlds, fair, steps };
}

/** What happens sooner or later, when nobody calls and nothing ends. */
function fairInputs({ platform, timersIn, fetchIn }: World): Input[] {
  const isAlive = (id: number) => platform[id - 1]?.isAlive === true;
  const inputs: Input[] = platform.flatMap(({ isWoken }, index) =>
    isWoken ? [{ type: "came", id: index + 1 }] : [],
  );
  for (const id of timersIn.filter(isAlive)) inputs.push({ type: "timer", id });
  if (isAlive(fetchIn)) {
    inputs.push(
      { type: "answer", outcome: { kind: "accepted", rejected: 0 } },
      { type: "answer", outcome: { kind: "retry" } },
      { type: "answer", outcome: { kind: "retry", blames: "content" } },
      { type: "answer", outcome: { kind: "retry", afterMs: 5000 } },
      { type: "answer", outcome: { kind: "auth" } },
      { type: "answer", outcome: { kind: "rejected" } },
    );
  }
  return inputs;
}

/** What may happen at any time: another request, a deadline, a platform that ends a request without a word. */
function freeInputs({ platform, operations, delivery }: World, bounds: Bounds): Input[] {
  const inputs: Input[] = [];
  platform.forEach(({ isAlive, isOpen }, index) => {
    if (!isAlive || !isOpen) return;
    for (const type of ["came", "deadline", "killed", "unheld"] as const)
      inputs.push({ type, id: index + 1 });
  });
  if (delivery.stopping) inputs.push({ type: "abandoned" });
  if (platform.length === bounds.requests) return inputs;
  for (const finds of ["nobody", "the dead", "all"] as const) {
    // Once stopped, calls are refused before they reach the queue.
    if (!delivery.stopping) {
      for (const [does, count] of [
        ["track", 1],
        ["track twice", 2],
      ] as const)
        if (operations + count <= bounds.operations) inputs.push({ type: "call", does, finds });
      inputs.push({ type: "call", does: "shutdown", finds });
    }
    inputs.push({ type: "call", does: "flush", finds });
  }
  return inputs;
}
