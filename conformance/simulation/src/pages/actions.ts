/** What visitors, apps, networks and browsers do, as data: drawn from a seed, or told as a story. */
import type { Mood } from "../api.ts";
import { type Draw, drawFrom } from "../draw.ts";
import type { SeededRandom } from "../seeded-random.ts";

/** `tab` counts the open tabs; any number names one. */
export type Action =
  | { readonly do: "open" | "online" | "offline" | "storageFull" | "storageFree" }
  | {
      readonly do: "close" | "back" | "hide" | "show" | "flush" | "reset" | "optOut" | "optIn";
      readonly tab: number;
    }
  /** `freezes`: the page it leaves goes into the back/forward cache, if it can. */
  | { readonly do: "navigate"; readonly tab: number; readonly gapMs: number; readonly freezes: boolean }
  | { readonly do: "crash"; readonly tab: number; readonly gapMs: number }
  /** In the middle of something: instead of a change of the storage. */
  | { readonly do: "crashAfter"; readonly tab: number; readonly writes: number }
  | { readonly do: "track"; readonly tab: number; readonly times: number; readonly bytes: number }
  | { readonly do: "poison" | "forbidden"; readonly tab: number }
  | { readonly do: "identify"; readonly tab: number; readonly user: string; readonly token?: number }
  | { readonly do: "setPushToken"; readonly tab: number; readonly token: number }
  | { readonly do: "setPushPermission"; readonly tab: number; readonly permission: "granted" | "denied" }
  | { readonly do: "shutdown"; readonly tab: number; readonly timeoutMs: number }
  | { readonly do: "mood"; readonly mood: Mood }
  | { readonly do: "jump" | "wait"; readonly ms: number };

/** What may happen in a world; each leaves out some, so that the others go deep. */
export interface Theme {
  readonly freezes: boolean;
  readonly crashesInside: boolean;
  readonly optsOut: boolean;
  readonly fillsStorage: boolean;
  readonly jumps: boolean;
  readonly isQuick: boolean;
  readonly hasFirewall: boolean;
  /** The device has a push token. */
  readonly hasPush: boolean;
}

export function drawTheme(random: SeededRandom): Theme {
  const crashesInside = random.chance(0.4);
  const hasFirewall = random.chance(0.1);
  return {
    freezes: random.chance(0.5),
    crashesInside,
    optsOut: random.chance(0.2),
    fillsStorage: random.chance(0.1),
    // Nothing is taken of a page whose clock is wrong, and so nothing is given up.
    jumps: !hasFirewall && random.chance(0.2),
    isQuick: random.chance(0.4),
    hasFirewall,
    hasPush: random.chance(0.25),
  };
}

/** What a moody API has. */
export const MOODS: readonly Mood[] = [
  "well",
  "well",
  "well",
  "unavailable",
  "throttling",
  "hangs",
  "resets",
  "losesAnswers",
];

const WORLD_MOODS: readonly Mood[] = [...new Set(MOODS), "well", "refusesKey", "moody", "moody"];

const ALWAYS: readonly Draw<Action>[] = [
  [24, (random, tab) => ({ do: "track", tab, times: random.between(1, 5), bytes: 0 })],
  [1, (random, tab) => ({ do: "track", tab, times: random.between(1, 8), bytes: 20_000 })],
  [1, (_random, tab) => ({ do: "poison", tab })],
  [4, (random, tab) => ({ do: "identify", tab, user: random.pick(["ada", "bob"]) })],
  [2, (_random, tab) => ({ do: "reset", tab })],
  [6, (_random, tab) => ({ do: "flush", tab })],
  [3, () => ({ do: "open" })],
  [2, (_random, tab) => ({ do: "close", tab })],
  [14, (random, tab) => ({ do: "navigate", tab, gapMs: random.pick([5, 5, 50]), freezes: false })],
  [3, (random, tab) => ({ do: "crash", tab, gapMs: random.between(5, 50) })],
  [2, (_random, tab) => ({ do: "hide", tab })],
  [2, (_random, tab) => ({ do: "show", tab })],
  [1, (random, tab) => ({ do: "shutdown", tab, timeoutMs: random.pick([0, 100, 5000]) })],
  [5, (random) => ({ do: "mood", mood: random.pick(WORLD_MOODS) })],
  [1, () => ({ do: "offline" })],
  [2, () => ({ do: "online" })],
];

const FREEZING: readonly Draw<Action>[] = [
  [8, (_random, tab) => ({ do: "navigate", tab, gapMs: 5, freezes: true })],
  [7, (_random, tab) => ({ do: "back", tab })],
];
const CRASHING: readonly Draw<Action>[] = [
  [6, (random, tab) => ({ do: "crashAfter", tab, writes: random.between(0, 6) })],
];
const OPTING: readonly Draw<Action>[] = [
  [2, (_random, tab) => ({ do: "optOut", tab })],
  [3, (_random, tab) => ({ do: "optIn", tab })],
];
const PUSHING: readonly Draw<Action>[] = [
  [
    4,
    (random, tab) => ({
      do: "identify",
      tab,
      user: random.pick(["ada", "bob"]),
      token: random.between(1, 2),
    }),
  ],
  [8, (random, tab) => ({ do: "setPushToken", tab, token: random.between(1, 2) })],
  [3, (random, tab) => ({ do: "setPushPermission", tab, permission: random.pick(["granted", "denied"]) })],
];
const FILLING: readonly Draw<Action>[] = [
  [2, () => ({ do: "storageFull" })],
  [3, () => ({ do: "storageFree" })],
];
const JUMPING: readonly Draw<Action>[] = [
  [2, (random) => ({ do: "jump", ms: random.pick([-86_400_000, -30_000, -1000, 1000, 30_000, 86_400_000]) })],
];

/** One or two among many: a firewall knows few words. */
const FORBIDDEN: readonly Draw<Action>[] = [[2, (_random, tab) => ({ do: "forbidden", tab })]];

/** Waits are part of every world: some so short that nothing has ended yet, some that let everything settle. */
const QUICK: readonly Draw<Action>[] = [[40, (random) => ({ do: "wait", ms: random.between(0, 40) })]];
const SLOW: readonly Draw<Action>[] = [
  [30, (random) => ({ do: "wait", ms: random.between(0, 200) })],
  [10, (random) => ({ do: "wait", ms: random.between(200, 8000) })],
  [2, (random) => ({ do: "wait", ms: random.between(8000, 120_000) })],
];

const MAX_TABS = 6;

export function drawActions(random: SeededRandom, theme: Theme, count: number): Action[] {
  const draws = [
    ...ALWAYS,
    ...(theme.freezes ? FREEZING : []),
    ...(theme.crashesInside ? CRASHING : []),
    ...(theme.optsOut ? OPTING : []),
    ...(theme.fillsStorage ? FILLING : []),
    ...(theme.jumps ? JUMPING : []),
    ...(theme.hasFirewall ? FORBIDDEN : []),
    ...(theme.hasPush ? PUSHING : []),
    ...(theme.isQuick ? QUICK : SLOW),
  ];
  return drawFrom(random, draws, count, MAX_TABS);
}
