import type { DeliveryConfig } from "@whisperr/core";
import { expect, test } from "vitest";
import { type Exploration, explore } from "./explore.ts";

const CONFIG: DeliveryConfig = {
  flushAt: 2,
  flushIntervalMs: 50,
  maxQueueSize: 3,
  maxBatchSize: 2,
  maxRetries: 1,
  backoff: { baseMs: 500, maxMs: 8000 },
  retriesKept: false,
};

test.each([
  ["three requests", CONFIG, { requests: 3, operations: 2 }],
  ["a full queue", { ...CONFIG, maxQueueSize: 1 }, { requests: 3, operations: 3 }],
] as const)("every course of requests, answers and ends keeps the rules: %s", (_name, config, bounds) => {
  const found = explore(config, bounds);

  console.log(`${found.worlds.length} worlds, ${found.steps} steps: ${JSON.stringify(bounds)}`);
  expect(stuck(found), "while a living request is open, something will happen").toEqual([]);
  expect(circle(found), "no answers and timers keep one open for ever").toEqual([]);
});

/** Worlds where living requests are open, and nothing but a call or a deadline could move things on. */
function stuck({ worlds, fair }: Exploration): unknown[] {
  return worlds
    .filter(({ requests, platform }, index) => {
      const { owner } = requests;
      const isKilled = owner > 0 && platform[owner - 1]?.isAlive === false;
      return requests.open.length > 0 && !isKilled && fair[index]?.length === 0;
    })
    .slice(0, 3);
}

/** Worlds that follow from themselves, by answers and timers alone, while a request is open. */
function circle({ worlds, fair }: Exploration): unknown[] {
  const comesFrom = worlds.map(() => 0);
  for (const next of fair.flat()) comesFrom[next] = (comesFrom[next] ?? 0) + 1;
  // Those that nothing leads to are taken away, until none is left but circles and what follows from them.
  const first = worlds.flatMap((_, index) => (comesFrom[index] === 0 ? [index] : []));
  for (const index of first) {
    for (const next of fair[index] ?? []) {
      comesFrom[next] = (comesFrom[next] ?? 0) - 1;
      if (comesFrom[next] === 0) first.push(next);
    }
  }
  return worlds
    .filter(({ requests }, index) => requests.open.length > 0 && comesFrom[index] !== 0)
    .slice(0, 3);
}
