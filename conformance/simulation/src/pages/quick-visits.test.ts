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
const SLOW_LOAD_MS = 7000;

interface Profile {
  readonly stayMs: readonly [number, number];
  /** The tab is closed. Otherwise the visitor follows a link. */
  readonly closes: boolean;
  /** The events are recorded as the visitor goes, and not as he comes. */
  readonly isLate?: boolean;
  /** A page in a hundred takes longer to load than what was in flight is left alone. */
  readonly isSlow?: boolean;
  readonly requestTimeoutMs?: number;
}

/** Five events each, half with a request in flight when the visitor leaves, by a link or by closing the tab. */
function quickVisits(seed: number, profile: Profile): PagesScript {
  const { stayMs, closes, isLate = false, isSlow = false, requestTimeoutMs = 10_000 } = profile;
  const random = seededRandom(seed);
  const actions = Array.from({ length: VISITS }, (): Action[] => {
    const stays: Action = { do: "wait", ms: random.between(...stayMs) };
    const records: Action[] = [
      { do: "track", tab: 0, times: EVENTS_PER_VISIT, bytes: 0 },
      ...(random.chance(0.5) ? [{ do: "flush", tab: 0 } as const] : []),
    ];
    const goes: Action = closes
      ? { do: "close", tab: 0 }
      : { do: "navigate", tab: 0, gapMs: isSlow && random.chance(0.01) ? SLOW_LOAD_MS : 20, freezes: false };
    return isLate ? [stays, ...records, goes] : [...records, stays, goes];
  }).flat();
  const settings = {
    seed,
    options: { requestTimeoutMs },
    hasLocks: true,
    storageDelayMs: 0,
    latencyMs: [API_LATENCY_MS / 2, API_LATENCY_MS / 2] as const,
    isStrict: true,
  };
  return { settings, actions };
}

test.each<[string, Profile]>([
  ["of 0 to 50 ms that end by a link", { stayMs: [0, 50], closes: false }],
  ["of 100 to 200 ms that end by a link", { stayMs: [100, 200], closes: false }],
  ["of 100 to 200 ms that end with their tab", { stayMs: [100, 200], closes: true }],
  [
    "of 100 to 200 ms that end by a link, with a page that is slow now and then,",
    { stayMs: [100, 200], closes: false, isSlow: true },
  ],
  [
    "of 100 to 200 ms that end by a link, with an API that is given 2 s to answer,",
    { stayMs: [100, 200], closes: false, requestTimeoutMs: 2000 },
  ],
  ["of 400 to 700 ms that end by a link", { stayMs: [400, 700], closes: false }],
  ["of 400 to 700 ms that end with their tab", { stayMs: [400, 700], closes: true }],
  ["of 400 to 700 ms with events at the end", { stayMs: [400, 700], closes: false, isLate: true }],
  ["of 400 to 700 ms with events as the tab is closed", { stayMs: [400, 700], closes: true, isLate: true }],
  [
    "of 1 to 2 s with events at the end, as on a busy machine",
    { stayMs: [1000, 2000], closes: true, isLate: true },
  ],
])("visits %s lose nothing and send little twice", async (_name, profile) => {
  let sentTwice = 0;
  for (const seed of SEEDS) {
    const { api } = await simulatePages(quickVisits(seed, profile));
    expect(api.stored.size).toBeGreaterThanOrEqual(VISITS * EVENTS_PER_VISIT);
    sentTwice += api.arrivedAgain;
  }
  expect(sentTwice).toBeLessThanOrEqual(SEEDS.length * VISITS * EVENTS_PER_VISIT * MOST_SENT_TWICE);
});
