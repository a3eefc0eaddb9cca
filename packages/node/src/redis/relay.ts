/** The delivering side: one relay at a time delivers a partition, with core's machine, and others wait for its end. */
import {
  checkOptionNames,
  createReporter,
  DELIVERY_OPTION_NAMES,
  type DeliveryOptionName,
  describeThrown,
  integer,
  MAX_TIMER_MS,
  misuse,
  mustBe,
  type Names,
  type Ports,
  portsOfNow,
  printable,
  type Reporter,
  type ResolvedOptions,
  resolveOptions,
  timeoutIn,
  webPorts,
} from "@whisperr/core";
import type { NodeOptions } from "../create-whisperr.ts";
import { asyncHooks, randomUuid, timers } from "../process.ts";
import { provideRequire } from "../require-of-old-node.ts";
import { type Command, commandOf, type RedisClient } from "./client.ts";
import { createPartition, endPartition, finish, type Partition, turn } from "./partition.ts";
import { partitionsKey } from "./streams.ts";

/** What `createRelay()` can be told. The options of delivery are those of `createWhisperr()`. */
export interface RelayOptions extends Pick<NodeOptions, DeliveryOptionName | "flushIntervalMs"> {
  /** An opened client of `redis` or `ioredis`. Others may use it too. */
  readonly client: RedisClient;
  /**
   * What the names of all keys begin with; the producers' must be the same.
   * @default "whisperr"
   */
  readonly prefix?: string | undefined;
  /**
   * How long another relay waits for one that is gone, in ms; 500 or more. A relay that is cut off from Redis for that
   * long stops delivering.
   * @default 5_000
   */
  readonly leaseMs?: number | undefined;
}

const OPTION_NAMES: Names<RelayOptions> = {
  ...DELIVERY_OPTION_NAMES,
  flushIntervalMs: true,
  client: true,
  prefix: true,
  leaseMs: true,
};

/** What a relay has done so far. */
export interface RelayStats {
  /** Operations the API took. */
  readonly delivered: number;
  /** Operations that were refused for good, and are dead letters now. */
  readonly dead: number;
  /** Partitions that this relay delivers at the moment; others have another relay. */
  readonly partitions: number;
}

/** Of `shutdown()`. */
const DEFAULT_TIMEOUT_MS = 5_000;

/** A running relay. */
export interface Relay {
  /** What it has done so far. */
  stats(): RelayStats;
  /**
   * Delivers what it has in hand, and lets go of its partitions, so that another relay has them at once. `timeoutMs` (0 or
   * more; default: 5,000) bounds the delivery; what is left stays in Redis. Calling it again returns the same promise. Never rejects.
   */
  shutdown(options?: { readonly timeoutMs?: number | undefined }): Promise<void>;
}

export interface RunningRelay {
  readonly command: Command;
  readonly prefix: string;
  /** Which relay holds a lease. */
  readonly id: string;
  readonly leaseMs: number;
  readonly options: ResolvedOptions;
  readonly ports: Ports;
  readonly reporter: Reporter;
  readonly partitions: Map<string, Partition>;
  delivered: number;
  dead: number;
  /** Nothing more is read. */
  isStopping: boolean;
  isStopped: boolean;
}

/** Redis failed what one loop asks of it, and the console heard of it. */
interface Trouble {
  isTold: boolean;
}

/** Between two looks into a stream, and between two looks for streams. */
const TURN_MS = 100;
const LOOK_MS = 1_000;

/**
 * Starts a relay: it delivers what producers append to Redis, each partition in its order. Start as many as you like, on as many
 * machines: each partition is delivered by one of them, and when that one is gone another goes on within `leaseMs`. Retries, backoff and
 * the isolation of bad events are those of every client. What the API refuses for good becomes a dead letter, in the stream
 * `{whisperr:0}:dead`, with the reason. While Redis is away it waits.
 *
 * @throws Error when `client` is no client, an option makes no sense, or the key is missing.
 *
 * @example
 * const client = new Redis();
 * const relay = createRelay({ client });
 * // An open connection holds the process.
 * process.once("SIGTERM", () => relay.shutdown().then(() => client.disconnect()));
 */
export function createRelay(given: RelayOptions): Relay {
  return startRelay(checkedRelay(given));
}

/** Throws as `createRelay()` does. Nothing is asked of Redis yet: the client need not be open. */
export function checkedRelay(given: RelayOptions): RunningRelay {
  if (typeof given !== "object" || given === null) throw misuse("createRelay() takes an object of options");
  const { client, prefix = "whisperr", leaseMs, onError, ...delivery } = given;
  const command = commandOf(client, "createRelay()");
  checkOptionNames(given, OPTION_NAMES, "createRelay()", console.warn);
  mustBe(
    typeof prefix === "string" && /^[^{}\s]+$/.test(prefix),
    "prefix",
    "text without { } or blanks",
    prefix,
  );
  const apiKey = delivery.apiKey || process.env.WHISPERR_API_KEY;
  const options = resolveOptions({ ...delivery, onError, apiKey }, { maxQueueSize: 10_000 });
  provideRequire();
  const ports: Ports = {
    ...webPorts(delivery.fetch),
    ...portsOfNow(asyncHooks(), timers),
    uuid: randomUuid,
  };
  return {
    command,
    prefix,
    id: randomUuid(),
    leaseMs: integer("leaseMs", leaseMs, 5_000, 500, MAX_TIMER_MS),
    options,
    ports,
    reporter: createReporter({ ...options, onError }, ports),
    partitions: new Map(),
    delivered: 0,
    dead: 0,
    isStopping: false,
    isStopped: false,
  };
}

export function startRelay(relay: RunningRelay): Relay {
  void look(relay);
  let ending: Promise<void> | undefined;
  return {
    stats: () => ({
      delivered: relay.delivered,
      dead: relay.dead,
      partitions: [...relay.partitions.values()].filter(({ session }) => session !== undefined).length,
    }),
    shutdown(settings) {
      const timeoutMs = timeoutIn(relay, settings, "shutdown()");
      ending ??= shutDown(relay, timeoutMs > MAX_TIMER_MS ? DEFAULT_TIMEOUT_MS : timeoutMs);
      return ending;
    },
  };
}

/** Finds the streams, and goes on looking: producers may begin with more of them. */
async function look(relay: RunningRelay): Promise<void> {
  const { partitions, prefix, command } = relay;
  const trouble = { isTold: false };
  while (!relay.isStopping) {
    await attempt(relay, trouble, async () => {
      const found = (await command("SMEMBERS", partitionsKey(prefix))) as Iterable<unknown>;
      for (const name of [...found].map(String)) {
        if (partitions.has(name)) continue;
        const partition = createPartition(relay, name);
        partitions.set(name, partition);
        void run(relay, partition);
      }
    });
    await pause(relay, LOOK_MS);
  }
}

async function run(relay: RunningRelay, partition: Partition): Promise<void> {
  const trouble = { isTold: false };
  while (!relay.isStopped) {
    let isDone = true;
    await attempt(relay, trouble, async () => {
      isDone = await turn(partition);
    });
    if (isDone) await pause(relay, TURN_MS);
  }
}

async function attempt(
  { ports }: RunningRelay,
  trouble: Trouble,
  action: () => Promise<void>,
): Promise<void> {
  try {
    await action();
    trouble.isTold = false;
  } catch (error) {
    if (!trouble.isTold)
      ports.log("warn", `[whisperr] the relay waits for Redis: ${printable(describeThrown(error))}`);
    trouble.isTold = true;
  }
}

function pause({ ports }: RunningRelay, ms: number): Promise<void> {
  return new Promise((resolve) => void ports.timers.set(resolve, ms));
}

async function shutDown(relay: RunningRelay, timeoutMs: number): Promise<void> {
  relay.isStopping = true;
  const all = [...relay.partitions.values()];
  await Promise.all(all.map((partition) => finish(partition, timeoutMs)));
  relay.isStopped = true;
  await within(
    relay,
    timeoutMs,
    Promise.all(all.map((partition) => attempt(relay, { isTold: false }, () => endPartition(partition)))),
  );
}

/** Redis may be away, and its client wait for it. */
async function within(relay: RunningRelay, timeoutMs: number, work: Promise<unknown>): Promise<void> {
  await Promise.race([work, pause(relay, Math.max(timeoutMs, TURN_MS))]);
}
