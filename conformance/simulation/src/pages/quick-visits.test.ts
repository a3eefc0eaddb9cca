import { expect, test } from "vitest";
import { seededRandom } from "../seeded-random.ts";
import type { Action } from "./actions.ts";
import { type PagesScript, simulatePages } from "./simulate-pages.ts";

const SEEDS = [1, 2, 3, 4];
const VISITS = 100;
const EVENTS_PER_VISIT = 5;
/** Of what quick visits record, this much may be sent twice. */
const MOST_SENT_TWICE = 0.05;

/** There and back. */
const API_LATENCY_MS = 300;

/** Five events each, half with a request in flight when the visitor leaves, by a link or by closing the tab. */
function quickVisits(seed: number, stayMs: readonly [number, number], closes: boolean): PagesScript {
  const random = seededRandom(seed);
  const actions = Array.from({ length: VISITS }, (): Action[] => [
    { do: "track", tab: 0, times: EVENTS_PER_VISIT, bytes: 0 },
    ...(random.chance(0.5) ? [{ do: "flush", tab: 0 } as const] : []),
    { do: "wait", ms: random.between(...stayMs) },
    closes ? { do: "close", tab: 0 } : { do: "navigate", tab: 0, gapMs: 20, freezes: false },
  ]).flat();
  const settings = {
    seed,
    options: {},
    hasLocks: true,
    storageDelayMs: 0,
    latencyMs: [API_LATENCY_MS / 2, API_LATENCY_MS / 2] as const,
    isStrict: true,
  };
  return { settings, actions };
}

test.each([
  ["of 0 to 50 ms that end by a link", [0, 50], false],
  ["of 100 to 200 ms that end by a link", [100, 200], false],
  ["of 100 to 200 ms that end with their tab", [100, 200], true],
] as const)("visits %s lose nothing and send little twice", async (_name, stayMs, closes) => {
  let sentTwice = 0;
  for (const seed of SEEDS) {
    const { api } = await simulatePages(quickVisits(seed, stayMs, closes));
    expect(api.stored.size).toBeGreaterThanOrEqual(VISITS * EVENTS_PER_VISIT);
    sentTwice += api.arrivedAgain;
  }
  expect(sentTwice).toBeLessThanOrEqual(SEEDS.length * VISITS * EVENTS_PER_VISIT * MOST_SENT_TWICE);
});
