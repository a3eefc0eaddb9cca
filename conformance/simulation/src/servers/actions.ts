/** What apps, networks, machines and the API do, as data: drawn from a seed, or told as a story. */
import type { Mood } from "../api.ts";
import { type Draw, drawFrom } from "../draw.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { DiskMode } from "./disk.ts";

/** `host` counts the hosts of a world; any number names one. */
export type Action =
  | { readonly do: "track"; readonly host: number; readonly times: number }
  | { readonly do: "poison" | "forbidden" | "badCall" | "flush" | "crash"; readonly host: number }
  | { readonly do: "identify"; readonly host: number; readonly user: string }
  | { readonly do: "offline" | "online"; readonly host: number }
  /** In the middle of something: instead of that change of the disk. */
  | { readonly do: "crashAfter"; readonly host: number; readonly writes: number }
  /** `null`: no deadline. */
  | { readonly do: "shutdown"; readonly host: number; readonly timeoutMs: number | null }
  | { readonly do: "storage"; readonly host: number; readonly mode: DiskMode }
  /** The host's time of day is set. */
  | { readonly do: "jump"; readonly host: number; readonly ms: number }
  | { readonly do: "mood"; readonly mood: Mood }
  | { readonly do: "wait"; readonly ms: number };

/** What may happen in a world; each leaves out some, so that the others go deep. */
export interface Theme {
  readonly crashes: boolean;
  readonly storageFails: boolean;
  readonly jumps: boolean;
  readonly shutsDown: boolean;
  readonly hasPoison: boolean;
  readonly hasFirewall: boolean;
  readonly isQuick: boolean;
}

export function drawTheme(random: SeededRandom): Theme {
  return {
    crashes: random.chance(0.5),
    storageFails: random.chance(0.25),
    jumps: random.chance(0.25),
    shutsDown: random.chance(0.5),
    hasPoison: random.chance(0.4),
    isQuick: random.chance(0.3),
    hasFirewall: random.chance(0.25),
  };
}

/** What a moody API has. */
export const MOODS: readonly Mood[] = [
  "well",
  "well",
  "well",
  "unavailable",
  "throttling",
  "refusesKey",
  "redirects",
  "hangs",
  "resets",
  "losesAnswers",
  "cutsAnswers",
];

const ALWAYS: readonly Draw<Action>[] = [
  [30, (random, host) => ({ do: "track", host, times: random.between(1, 10) })],
  [5, (random, host) => ({ do: "track", host, times: random.between(20, 100) })],
  [0.5, (random, host) => ({ do: "track", host, times: random.between(500, 1200) })],
  [5, (random, host) => ({ do: "identify", host, user: random.pick(["ada", "bob"]) })],
  [1, (_random, host) => ({ do: "badCall", host })],
  [6, (_random, host) => ({ do: "flush", host })],
  [8, (random) => ({ do: "mood", mood: random.pick([...MOODS, "moody", "moody", "moody"] as const) })],
  [2, (_random, host) => ({ do: "offline", host })],
  [3, (_random, host) => ({ do: "online", host })],
];

const CRASHING: readonly Draw<Action>[] = [
  [5, (_random, host) => ({ do: "crash", host })],
  [4, (random, host) => ({ do: "crashAfter", host, writes: random.between(0, 12) })],
];
const FAILING: readonly Draw<Action>[] = [
  [5, (random, host) => ({ do: "storage", host, mode: random.pick(["well", "well", "refuses", "forgets"]) })],
];
const JUMPS_MS = [-4e9, -86_400_000, -30_000, -1000, 1000, 30_000, 86_400_000, 4e9];
const JUMPING: readonly Draw<Action>[] = [
  [4, (random, host) => ({ do: "jump", host, ms: random.pick(JUMPS_MS) })],
];
const ENDING: readonly Draw<Action>[] = [
  [5, (random, host) => ({ do: "shutdown", host, timeoutMs: random.pick([null, 0, 100, 2000, 30_000]) })],
];
const POISONING: readonly Draw<Action>[] = [
  [5, (_random, host) => ({ do: "poison", host })],
  [1, () => ({ do: "mood", mood: "refusesAll" })],
];

/** One or two among many: a firewall knows few words. */
const FORBIDDEN: readonly Draw<Action>[] = [[2, (_random, host) => ({ do: "forbidden", host })]];

/** Waits are part of every world: some so short that nothing has ended yet, some that let everything settle. */
const QUICK: readonly Draw<Action>[] = [[40, (random) => ({ do: "wait", ms: random.between(0, 60) })]];
const SLOW: readonly Draw<Action>[] = [
  [20, (random) => ({ do: "wait", ms: random.between(0, 500) })],
  [15, (random) => ({ do: "wait", ms: random.between(500, 10_000) })],
  [6, (random) => ({ do: "wait", ms: random.between(10_000, 600_000) })],
];

const MAX_HOSTS = 3;

/** Draws `count` actions of the theme's kinds. */
export function drawActions(random: SeededRandom, theme: Theme, count: number): Action[] {
  const draws = [
    ...ALWAYS,
    ...(theme.crashes ? CRASHING : []),
    ...(theme.storageFails ? FAILING : []),
    ...(theme.jumps ? JUMPING : []),
    ...(theme.shutsDown ? ENDING : []),
    ...(theme.hasPoison ? POISONING : []),
    ...(theme.hasFirewall ? FORBIDDEN : []),
    ...(theme.isQuick ? QUICK : SLOW),
  ];
  return drawFrom(random, draws, count, MAX_HOSTS);
}
