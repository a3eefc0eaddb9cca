/** A world of server processes: hosts that run one after the other, their disks, their network, one API. */
import {
  type FetchLike,
  type Outbox,
  type ResolvedOptions,
  resolveOptions,
  type Timers,
  type WhisperrOptions,
} from "@whisperr/core";
import { API_KEY, type Firewall } from "../api.ts";
import { type BookedWorld, bookedWorld } from "../booked-world.ts";
import { BASE_URL } from "../network.ts";
import type { Tell } from "../world.ts";
import { MOODS } from "./actions.ts";
import { createDisk, type Disk } from "./disk.ts";
import { type HostProcess, startProcess } from "./host-process.ts";

export interface HostSettings {
  readonly options: WhisperrOptions;
  /** Null: operations wait in memory. Else how long a change takes to reach the disk. */
  readonly diskDelayMs: number | null;
  /** Of the host's clock, at the beginning. */
  readonly skewMs: number;
}

export interface ServersSettings {
  /** Of latencies, ids and moods. */
  readonly seed: number;
  readonly hosts: readonly HostSettings[];
  /** How long a request travels, or its answer: from the first to the second. */
  readonly latencyMs: readonly [number, number];
  /** Timers fire up to this much late: a busy process. */
  readonly timerLagMs: number;
  /** Fetch ignores its signal. */
  readonly isDeaf: boolean;
  /** The app tracks errors, in its onError. */
  readonly tracksErrors: boolean;
  /** Events above which the API says 413. */
  readonly maxEvents: number | null;
  readonly poison: "reject_event" | "reject_batch";
  /** Absent: nobody stands in front of the API. */
  readonly firewall?: Firewall | undefined;
}

/** How an SDK that is broken on purpose differs: what is put between it and the world. */
export interface Sabotage {
  readonly outbox?: (outbox: Outbox) => Outbox;
  readonly fetch?: (fetch: FetchLike) => FetchLike;
  readonly timers?: (timers: Timers) => Timers;
  /** Of what the client is told its options are; it is judged by the real ones. */
  readonly resolved?: Partial<ResolvedOptions>;
}

export interface Host {
  readonly name: string;
  readonly disk: Disk | undefined;
  skewMs: number;
  isOffline: boolean;
  processes: number;
  /** Numbers that a process which starts now would find. */
  kept(): readonly number[];
  /** The process that runs; a new one if none does. */
  process(): HostProcess;
}

export interface ServersWorld extends BookedWorld<HostProcess> {
  readonly hosts: readonly Host[];
  /** The app tracks errors, in its onError. */
  readonly tracksErrors: () => boolean;
  readonly isDeaf: boolean;
  readonly latencyMs: () => number;
  readonly timerLagMs: () => number;
  /** All works, and no exchange takes longer than any client waits. Returns how long the slowest takes, in ms. */
  heal(): number;
  readonly hasFirewall: boolean;
  readonly sabotage: Sabotage;
}

/** Well below every `requestTimeoutMs`. */
const HEALED_LATENCY_MS = 100;

const NUMBER = /\\?"n\\?":(\d+)/;

export function serversWorld(
  settings: ServersSettings,
  tell: Tell | undefined,
  sabotage: Sabotage,
): ServersWorld {
  const { maxEvents, poison, firewall } = settings;
  let isHealed = false;
  let slowestMs = settings.latencyMs[1];
  const booked = bookedWorld<HostProcess>(
    settings.seed,
    { moods: MOODS, poison, firewall, ...(maxEvents !== null && { maxEvents }) },
    tell,
  );
  const { api, random } = booked;
  const hosts: Host[] = [];
  const world: ServersWorld = {
    ...booked,
    hosts,
    tracksErrors: () => settings.tracksErrors && !isHealed,
    isDeaf: settings.isDeaf,
    latencyMs: () => random.between(settings.latencyMs[0], slowestMs),
    timerLagMs: () => (settings.timerLagMs === 0 ? 0 : random.between(0, settings.timerLagMs)),
    heal() {
      isHealed = true;
      api.mood = "well";
      for (const host of hosts) {
        host.isOffline = false;
        // Nothing is taken of a host whose clock is wrong, and so nothing is given up.
        if (firewall !== undefined) host.skewMs = 0;
        if (host.disk !== undefined) host.disk.mode = "well";
      }
      slowestMs = Math.min(slowestMs, HEALED_LATENCY_MS);
      return 2 * slowestMs + settings.timerLagMs;
    },
    hasFirewall: firewall !== undefined,
    sabotage,
  };
  for (const one of settings.hosts) hosts.push(createHost(world, `host ${hosts.length + 1}`, one, sabotage));
  return world;
}

function createHost(world: ServersWorld, name: string, settings: HostSettings, sabotage: Sabotage): Host {
  const { diskDelayMs, skewMs } = settings;
  const options = { apiKey: API_KEY, baseUrl: BASE_URL, ...settings.options };
  const resolved = resolveOptions(options, { maxQueueSize: 10_000 });
  const told = { ...resolved, ...sabotage.resolved };
  const disk = diskDelayMs === null ? undefined : createDisk(world.time, diskDelayMs);
  let running: HostProcess | undefined;
  const host: Host = {
    name,
    disk,
    skewMs,
    isOffline: false,
    processes: 0,
    kept: () => [...(disk?.records.values() ?? [])].map((text) => Number(NUMBER.exec(text)?.[1])),
    process() {
      if (running === undefined || !running.isAlive)
        running = startProcess(world, host, options, { resolved, told });
      return running;
    },
  };
  return host;
}
