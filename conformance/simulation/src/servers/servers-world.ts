/** A world of server processes: hosts that run one after the other, their disks, their network, one API. */
import {
  type FetchLike,
  type Outbox,
  type ResolvedOptions,
  resolveOptions,
  type Timers,
  type WhisperrOptions,
} from "@whisperr/core";
import { API_KEY, type SimulatedApi, simulatedApi } from "../api.ts";
import { type Books, createBooks } from "../judge/books.ts";
import { BASE_URL } from "../network.ts";
import { type SeededRandom, seededRandom } from "../seeded-random.ts";
import { START_MS, settle, type VirtualTime, virtualTime } from "../virtual-time.ts";
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

export interface ServersWorld {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly api: SimulatedApi;
  readonly books: Books;
  readonly hosts: readonly Host[];
  /** The app tracks errors, in its onError. */
  readonly tracksErrors: () => boolean;
  readonly isDeaf: boolean;
  readonly latencyMs: () => number;
  readonly timerLagMs: () => number;
  /** All works, and no exchange takes longer than any client waits. Returns how long the slowest takes, in ms. */
  heal(): number;
  readonly sabotage: Sabotage;
  tell(line: string): void;
  /** Something happened in a process: it is to be looked at. */
  touch(process: HostProcess): void;
  /** Lets all go on that can, and checks. */
  pause(): Promise<void>;
  advance(ms: number): Promise<void>;
}

/** Well below every `requestTimeoutMs`. */
const HEALED_LATENCY_MS = 100;

const NUMBER = /\\?"n\\?":(\d+)/;

export function serversWorld(
  settings: ServersSettings,
  tell: ((line: string) => void) | undefined,
  sabotage: Sabotage,
): ServersWorld {
  const time = virtualTime();
  const random = seededRandom(settings.seed);
  const books = createBooks();
  const touched = new Set<HostProcess>();
  const { maxEvents, poison } = settings;
  let isHealed = false;
  let slowestMs = settings.latencyMs[1];
  const api = simulatedApi(random, () => START_MS + time.elapsedMs, {
    moods: MOODS,
    poison,
    ...(maxEvents !== null && { maxEvents }),
  });

  function check(): void {
    for (const process of touched) process.check();
    touched.clear();
    if (books.violation !== undefined) throw new Error(books.violation);
  }

  const hosts: Host[] = [];
  const world: ServersWorld = {
    time,
    random,
    api,
    books,
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
        if (host.disk !== undefined) host.disk.mode = "well";
      }
      slowestMs = Math.min(slowestMs, HEALED_LATENCY_MS);
      return 2 * slowestMs + settings.timerLagMs;
    },
    sabotage,
    tell: tell === undefined ? () => {} : (line) => tell(`${time.elapsedMs} ${line}`),
    touch: (process) => void touched.add(process),
    async pause() {
      await settle();
      check();
    },
    advance: (ms) => time.advance(ms, check),
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
