/** The search of `explore.ts`, and what must hold of everything it has found. */
import { expect } from "vitest";
import type { DeliveryConfig } from "../src/delivery/state.ts";
import { type Breadth, type Exploration, explore } from "./explore.ts";

/** Small enough to visit everything, large enough for division, eviction, and two callers with different goals. */
export interface Bounds extends Breadth {
  readonly config: DeliveryConfig;
  readonly statesAtLeast: number;
}

export function expectRules({ config, statesAtLeast, ...breadth }: Bounds): void {
  const found = explore(config, breadth);
  console.log(
    `explored ${found.worlds.length} states and ${found.transitions} transitions (maxQueueSize ${config.maxQueueSize}, maxBatchSize ${config.maxBatchSize}, maxRetries ${config.maxRetries}, interval ${config.flushIntervalMs} ms)`,
  );
  expect(found.worlds.length).toBeGreaterThan(statesAtLeast);
  expect(stuck(found), "whoever waits, something will happen that moves the flush on").toEqual([]);
  expect(circle(found), "no run of answers and timers keeps a caller waiting for ever").toBeUndefined();
}

/** Worlds where a caller waits and nothing but another call could move things on. */
function stuck({ worlds, fair }: Exploration): unknown[] {
  return worlds.filter(({ waiting }, index) => waiting.length > 0 && fair[index]?.length === 0).slice(0, 3);
}

/**
 * A way back to the same world by answers and timers alone while somebody waits. Depth-first, without recursion: the
 * chains are longer than a call stack.
 */
function circle({ worlds, fair }: Exploration): unknown {
  const NEW = 0;
  const OPEN = 1;
  const DONE = 2;
  const colour = new Uint8Array(worlds.length);
  const next = new Uint8Array(worlds.length);
  for (let start = 0; start < worlds.length; start++) {
    const stack = colour[start] === NEW ? [start] : [];
    while (stack.length > 0) {
      const at = stack.at(-1) as number;
      colour[at] = OPEN;
      const to = worlds[at]?.waiting.length === 0 ? undefined : fair[at]?.[next[at] as number];
      next[at] = (next[at] as number) + 1;
      if (to === undefined) {
        colour[at] = DONE;
        stack.pop();
      } else if (colour[to] === OPEN) {
        return worlds[to];
      } else if (colour[to] === NEW) {
        stack.push(to);
      }
    }
  }
  return undefined;
}
