/** A world of isolates from its beginning to the day when all is well again, and what must be true then. */
import { FIREWALLS, type Mood } from "../api.ts";
import { playOut } from "../booked-world.ts";
import { type SeededRandom, seededRandom } from "../seeded-random.ts";
import type { Figures, Tell } from "../world.ts";
import { withEdgeGlobals } from "./edge-globals.ts";
import { inRequest } from "./incoming-request.ts";
import {
  type Isolate,
  type IsolatesSettings,
  type IsolatesWorld,
  isolatesWorld,
  MOODS,
} from "./isolates-world.ts";

export type IsolatesAction =
  /** A request that tracks at its beginning, and again before it ends. */
  | {
      readonly do: "request";
      readonly isolate: number;
      readonly times: number;
      readonly lastsMs: number;
      readonly identifies: boolean;
      readonly flushes: boolean;
      /** The first that it tracks is one that the firewall lets through in no request. */
      readonly isForbidden?: true;
    }
  /** The platform ends one (0: the oldest of those open), or all and what they share. */
  | { readonly do: "kill"; readonly isolate: number; readonly which?: number }
  | { readonly do: "evict"; readonly isolate: number }
  | { readonly do: "mood"; readonly mood: Mood }
  | { readonly do: "wait"; readonly ms: number };

export interface IsolatesScript {
  readonly settings: IsolatesSettings;
  readonly actions: readonly IsolatesAction[];
}

export function drawIsolates(seed: number): IsolatesScript {
  const random = seededRandom(seed);
  const options = {
    flushAt: random.pick([1, 5, 20]),
    maxQueueSize: random.pick([10, 1000]),
    maxBatchSize: random.pick([2, 500]),
    maxRetries: random.pick([0, 2, 6]),
    requestTimeoutMs: random.pick([1000, 10_000]),
    ...(random.chance(0.3) && { flushIntervalMs: random.pick([200, 5000]) }),
  };
  const settings = {
    seed,
    options,
    isShared: random.chance(0.7),
    latencyMs: [1, random.pick([20, 300])] as const,
    ...(random.chance(0.15) && { firewall: random.pick(FIREWALLS) }),
  };
  const draw = () => drawAction(random, settings.firewall !== undefined);
  return { settings, actions: Array.from({ length: random.between(15, 60) }, draw) };
}

function drawAction(random: SeededRandom, hasFirewall: boolean): IsolatesAction {
  const isolate = random.between(0, 1);
  const lot = random.between(1, 100);
  if (lot <= 45)
    return {
      do: "request",
      isolate,
      times: random.between(1, 6),
      lastsMs: random.pick([0, 5, 60, 2000]),
      identifies: random.chance(0.2),
      flushes: random.chance(0.2),
      ...(hasFirewall && random.chance(0.05) && { isForbidden: true }),
    };
  if (lot <= 50) return { do: "kill", isolate, which: random.between(0, 2) };
  if (lot <= 53) return { do: "evict", isolate };
  if (lot <= 65) return { do: "mood", mood: random.pick([...MOODS, "moody", "moody"] as const) };
  return { do: "wait", ms: random.pick([0, 10, 50, 200, 1000, 10_000, 40_000]) };
}

/** Throws at the first thing that must not be. `tell` gets to know what happens, line by line. */
export async function simulateIsolates(
  { settings, actions }: IsolatesScript,
  tell?: Tell,
  ignoresWaitUntil = false,
): Promise<Figures> {
  const world = isolatesWorld(settings, tell, ignoresWaitUntil);
  const globals = {
    nowMs: () => world.time.wallMs,
    random: world.random,
    setTimer(callback: () => void, delayMs: number) {
      const request = inRequest.getStore();
      if (request !== undefined) return request.setTimer(callback, delayMs);
      world.books.violate("a timer was set outside of any request");
      return () => {};
    },
  };
  return withEdgeGlobals(globals, () =>
    playOut(
      world,
      actions,
      (action) => perform(world, action),
      () => heal(world),
    ),
  );
}

async function perform(world: IsolatesWorld, action: IsolatesAction): Promise<void> {
  if (action.do === "wait") return world.advance(action.ms);
  if (action.do === "mood") {
    world.api.mood = action.mood;
    return;
  }
  const isolate = world.isolates[action.isolate % world.isolates.length] as Isolate;
  if (action.do === "evict") return isolate.evict();
  if (action.do === "kill") {
    const { open } = isolate;
    return open[(action.which ?? 0) % open.length]?.request.kill();
  }
  serve(world, isolate, action);
}

function serve(
  world: IsolatesWorld,
  isolate: Isolate,
  { times, lastsMs, identifies, flushes, isForbidden }: Extract<IsolatesAction, { do: "request" }>,
): void {
  const { request, client, run } = isolate.enter();
  run(() => {
    for (let i = 0; i < times; i++) client.track(isForbidden && i === 0 ? { forbidden: true } : undefined);
  });
  world.time.after(lastsMs, () => {
    if (request.isOver) return;
    run(() => {
      if (identifies) client.identify();
      if (lastsMs > 0) client.track();
      if (flushes) client.flush();
    });
    client.respond();
    request.respond();
  });
}

/** The last request's longest wait, and more. */
const ALL_OVER_MS = 60_000;

/** What others left behind is more than one request is held for, at times. */
const FEWEST_ROUNDS = 3;
/** To find what is forbidden takes many attempts. */
const MOST_ROUNDS = 100;

const hasWaiting = ({ isolates }: IsolatesWorld) =>
  isolates.some(({ client }) => (client?.stats().pending ?? 0) > 0);

/** Everything works again: what is queued must arrive, and every request be let go of, within bounded time. */
async function heal(world: IsolatesWorld): Promise<void> {
  world.api.mood = "well";
  await world.advance(ALL_OVER_MS);
  for (
    let round = 0;
    round < FEWEST_ROUNDS || (world.hasFirewall && round < MOST_ROUNDS && hasWaiting(world));
    round++
  ) {
    for (const isolate of world.isolates)
      serve(world, isolate, {
        do: "request",
        isolate: 0,
        times: 1,
        lastsMs: 0,
        identifies: false,
        flushes: true,
      });
    await world.advance(ALL_OVER_MS);
  }
  for (const { client, open } of world.isolates) {
    if (open.length > 0) throw new Error(`${open[0]?.request.name} is never let go of`);
    const pending = client?.stats().pending ?? 0;
    if (pending > 0) throw new Error(`${client?.name} still has ${pending} waiting`);
    if ((client?.flushing ?? 0) > 0) throw new Error(`${client?.name}: a flush() never ends`);
  }
}
