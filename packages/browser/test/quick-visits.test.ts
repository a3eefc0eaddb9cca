import { expect, test } from "vitest";
import type { Action } from "./simulation/actions.ts";
import { seededRandom } from "./simulation/seeded-random.ts";
import { simulate, type World } from "./simulation/simulate.ts";

const VISITS = 200;
const EVENTS_PER_VISIT = 5;
/** Issue 3: of what 200 quick visits record, this much may be sent twice. The peers send half of it twice. */
const MOST_SENT_TWICE = 0.05;

/** There and back. */
const API_LATENCY_MS = 300;

/** Five events each, half with a request in flight when the visitor leaves, by a link or by closing the tab. */
function quickVisits(seed: number, stayMs: readonly [number, number], closes: boolean): World {
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

/**
 * Visits long enough for an answer, ended with events waiting: those go out as the page goes, and nobody hears of the
 * answer. What is sent so has to be sent again, once.
 */
const SENT_WHILE_LEAVING = 0.5;

test.each([
  ["of 0 to 50 ms that end by a link", [0, 50], false, MOST_SENT_TWICE],
  ["of 100 to 200 ms that end by a link", [100, 200], false, MOST_SENT_TWICE],
  ["of 100 to 200 ms that end with their tab", [100, 200], true, MOST_SENT_TWICE],
  ["of 200 to 600 ms that end by a link", [200, 600], false, SENT_WHILE_LEAVING],
] as const)("200 visits %s lose nothing and send little twice", async (_name, stayMs, closes, most) => {
  for (const seed of [1, 2, 3]) {
    const { api } = await simulate(quickVisits(seed, stayMs, closes));
    expect(api.stored.size).toBeGreaterThanOrEqual(VISITS * EVENTS_PER_VISIT);
    expect(api.arrivedAgain).toBeLessThanOrEqual(VISITS * EVENTS_PER_VISIT * most);
  }
});
