/** A world of server processes from its beginning to the day when all is well again, and what must be true then. */

import { playOut } from "../booked-world.ts";
import type { Figures, Tell } from "../world.ts";
import type { Action } from "./actions.ts";
import type { HostProcess } from "./host-process.ts";
import {
  type Host,
  type Sabotage,
  type ServersSettings,
  type ServersWorld,
  serversWorld,
} from "./servers-world.ts";

export interface ServersScript {
  readonly settings: ServersSettings;
  readonly actions: readonly Action[];
}

/** Throws at the first thing that must not be. `tell` gets to know what happens, line by line. */
export async function simulateServers(
  { settings, actions }: ServersScript,
  tell?: Tell,
  sabotage: Sabotage = {},
): Promise<Figures> {
  const world = serversWorld(settings, tell, sabotage);
  const figures = await playOut(
    world,
    actions,
    (action) => perform(world, action),
    () => heal(world),
  );
  for (const { name, kept } of world.hosts) {
    const left = kept();
    if (left.length > 0) throw new Error(`${name} leaves ${left} on its disk`);
  }
  return figures;
}

async function perform(world: ServersWorld, action: Action): Promise<void> {
  if (action.do === "wait") return world.advance(action.ms);
  if (action.do === "mood") {
    world.api.mood = action.mood;
    return;
  }
  const host = world.hosts[action.host % world.hosts.length] as Host;
  switch (action.do) {
    case "offline":
    case "online":
      host.isOffline = action.do === "offline";
      return;
    case "jump":
      host.skewMs += action.ms;
      return;
    case "storage":
      if (host.disk !== undefined) host.disk.mode = action.mode;
      return;
    default:
      return performIn(host.process(), action);
  }
}

type InProcess = Extract<
  Action,
  {
    do:
      | "track"
      | "poison"
      | "forbidden"
      | "badCall"
      | "flush"
      | "crash"
      | "identify"
      | "crashAfter"
      | "shutdown";
  }
>;

function performIn(process: HostProcess, action: InProcess): void {
  switch (action.do) {
    case "track":
      for (let i = 0; i < action.times; i++) track(process);
      return;
    case "poison":
      return process.call("track", "eve", (client, n) => client.track("eve", "seen", { n, poison: true }));
    case "forbidden":
      return process.call("track", "eve", (client, n) => client.track("eve", "seen", { n, forbidden: true }));
    case "badCall":
      return process.call("track", "eve", (client, n) => client.track("eve", "Not A Name" as string, { n }));
    case "identify":
      return process.call("identify", action.user, (client, n) =>
        client.identify(action.user, { traits: { n } }),
      );
    case "flush":
    case "crash":
      return process[action.do]();
    case "crashAfter":
      return process.crashAfter(action.writes);
    case "shutdown":
      return process.shutdown(action.timeoutMs);
  }
}

function track(process: HostProcess): void {
  process.call("track", "ada", (client, n) => client.track("ada", "seen", { n }));
}

/** The longest wait that can be under way, and the attempts that may follow it. */
const WAITS_OVER_MS = 130_000;

/** Behind a firewall that is silent each attempt takes its time, and smaller and smaller ones find what is forbidden. */
const FIREWALL_OVER_MS = 3_600_000;
const MOST_FLUSHES = 100;

/** Everything works again. What is queued must arrive within bounded time, whoever has it. */
async function heal(world: ServersWorld): Promise<void> {
  const slowestMs = world.heal();
  for (const call of world.books.calls) call.hasFailed = false;
  // Processes that were ending have ended, others start; and after them, those that find what a bad disk kept.
  const waitsMs = world.hasFirewall ? FIREWALL_OVER_MS : WAITS_OVER_MS;
  await world.advance(waitsMs);
  for (let round = 0; round < 2; round++) await drain(world, slowestMs, waitsMs);
}

async function drain(world: ServersWorld, slowestMs: number, waitsMs: number): Promise<void> {
  const processes = world.hosts.map((host) => host.process());
  for (const process of processes) {
    process.crashAfter(Number.POSITIVE_INFINITY);
    track(process);
    process.flush();
  }
  const most = Math.max(...processes.map((process) => process.stats().pending));
  await world.advance(WAITS_OVER_MS + 2 * most * slowestMs);
  if (world.hasFirewall) await flushAgain(world, processes);
  for (const [index, process] of processes.entries()) {
    const { pending } = process.stats();
    const { name } = world.hosts[index] as Host;
    if (pending > 0) throw new Error(`${name} still has ${pending} waiting`);
    if (process.flushing > 0) throw new Error(`${name}: a flush() never ends`);
    process.shutdown(null);
  }
  await world.advance(waitsMs);
  if (processes.some(({ isAlive }) => isAlive)) throw new Error("a shutdown() never ends");
}

/** What is forbidden is given up in the end, and nothing else: customers go on, and what they do is taken. */
async function flushAgain(world: ServersWorld, processes: readonly HostProcess[]): Promise<void> {
  for (let flushes = 0; flushes < MOST_FLUSHES; flushes++) {
    const left = processes.filter((process) => process.stats().pending > 0);
    if (left.length === 0) return;
    for (const process of left) {
      track(process);
      process.flush();
    }
    await world.advance(WAITS_OVER_MS);
  }
}
