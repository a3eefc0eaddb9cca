/** Random worlds: processes on one database that call, stand still, are killed and come back, while API and database fail. */
import { expect, test, vi } from "vitest";
import { type Process, setStage } from "../test/kv-processes.ts";

const WORLDS = 60;
const STEPS = 60;
const MAX_PROCESSES = 6;
/** Longer than it takes until one that is dead is noticed, and what it left delivered. */
const ENDING_ROUNDS = 15;

interface Played {
  readonly process: Process;
  state: "lives" | "still" | "dead";
  /** What it called, in order. */
  readonly called: string[];
  /** What it was told that a kill does not lose. */
  safe: readonly string[];
}

interface World {
  readonly stage: ReturnType<typeof setStage>;
  readonly random: () => number;
  readonly processes: Played[];
  /** All that were identified, in the order of the calls. */
  readonly identified: string[];
  calls: number;
}

/** Mulberry32: the same each time. */
function randomFrom(seed: number): () => number {
  let state = Math.imul(seed, 2654435761);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const inState = ({ processes }: World, state: Played["state"]) =>
  processes.filter((one) => one.state === state);

async function begin(world: World): Promise<void> {
  const starting = world.stage.start();
  await pass(500);
  world.processes.push({ process: await starting, state: "lives", called: [], safe: [] });
}

async function call(world: World, played: Played): Promise<void> {
  const { whisperr, outbox } = played.process;
  for (let left = 1 + world.random() * 4; left > 0; left--) {
    const name = `n${++world.calls}`;
    played.called.push(name);
    if (world.random() < 0.3) {
      world.identified.push(name);
      whisperr.identify("ada", { traits: { plan: name } });
    } else whisperr.track("ada", name);
    await pass(1);
  }
  const called = [...played.called];
  void outbox.saved().then((isSafe) => {
    if (isSafe && played.state !== "dead") played.safe = called;
  });
}

/** One of what may happen, with the chances that it has. */
async function happen(world: World, fails: boolean): Promise<void> {
  const { random, stage, processes } = world;
  const { api, kv } = stage;
  const living = inState(world, "lives");
  const one = living[Math.floor(random() * living.length)];
  const chance = random();
  if (chance < 0.35 && one) await call(world, one);
  else if (chance < 0.45) api.isDown = !api.isDown;
  else if (chance < 0.6) void one?.process.whisperr.flush();
  else if (chance < 0.65 && living.length > 1) stop(one, "dead");
  else if (chance < 0.7) stop(one, "still");
  else if (chance < 0.76) resume(inState(world, "still")[0]);
  else if (chance < 0.82 && processes.length < MAX_PROCESSES && !kv.failure) await begin(world);
  else if (chance < 0.88 && fails) {
    kv.failure = kv.failure ? undefined : new Error("the database failed");
    kv.losesAnswers = random() < 0.5;
  } else await pass([10, 1000, 5000, 13_000, 40_000][Math.floor(random() * 5)] ?? 0);
  await pass(Math.floor(random() * 20));
}

function stop(played: Played | undefined, how: "still" | "dead"): void {
  if (!played) return;
  played.state = how;
  played.process.stop(how);
}

function resume(played: Played | undefined): void {
  if (!played) return;
  played.state = "lives";
  played.process.resume();
}

/** Everything works again. */
async function end(world: World): Promise<void> {
  const { api, kv } = world.stage;
  kv.failure = undefined;
  api.isDown = false;
  for (const one of inState(world, "still")) resume(one);
  await begin(world);
  for (let round = 0; round < ENDING_ROUNDS; round++) {
    await pass(20_000);
    for (const { process } of inState(world, "lives")) void process.whisperr.flush();
    await pass(100);
  }
}

/** What is wrong with how it ended. */
function wrongs(world: World): string[] {
  const { heard } = world.stage.api;
  const found: string[] = [];
  for (const [index, { process, state, called, safe }] of world.processes.entries()) {
    const lost = (state === "dead" ? safe : called).filter((name) => !heard.includes(name));
    if (lost.length > 0) found.push(`process ${index}, which ${state}, lost ${lost}`);
    const { accepted, delivered, dropped, pending } = process.whisperr.stats();
    if (state === "lives" && (accepted !== delivered || pending > 0))
      found.push(`process ${index}: ${JSON.stringify({ accepted, delivered, dropped, pending })}`);
  }
  const said = heard.filter((name) => world.identified.includes(name));
  const last = world.identified.filter((name) => said.includes(name)).at(-1);
  if (said.at(-1) !== last) found.push(`the last word is ${said.at(-1)} in place of ${last}`);
  return found;
}

test.each([
  ["a database that works", false],
  ["a database that fails now and then", true],
])(
  "with %s everything arrives, and the last identify() is the last word",
  { timeout: 120_000 },
  async (_what, fails) => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    for (let seed = 1; seed <= WORLDS; seed++) {
      const world: World = {
        stage: setStage(),
        random: randomFrom(seed),
        processes: [],
        identified: [],
        calls: 0,
      };
      await begin(world);
      for (let step = 0; step < STEPS; step++) await happen(world, fails);
      await end(world);
      expect(wrongs(world), `seed ${seed}`).toEqual([]);
      for (const { process } of inState(world, "lives")) void process.whisperr.shutdown({ timeoutMs: 10 });
      await pass(20);
      vi.clearAllTimers();
    }
  },
);
