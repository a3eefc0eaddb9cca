/** The producing side: operations wait in a stream of Redis instead of the process, and a relay delivers them. */
import {
  type AppOutbox,
  callTime,
  checkOptionNames,
  createMemoryOutbox,
  type FetchLike,
  integer,
  mustBe,
  type Names,
  type Operation,
  type ServerClient,
  type SharedOutbox,
  sharing,
  withTime,
} from "@whisperr/core";
import { type HandingOver, MAKE_CLIENT, type MakeClient } from "../hand-over.ts";
import { randomUuid } from "../process.ts";
import { type Command, commandOf, type RedisClient } from "./client.ts";
import { clockOf } from "./said.ts";
import { type Appended, appendOperations, type Keys, keysOf, partitionsKey } from "./streams.ts";

/** What `redisOutbox()` can be told. */
export interface RedisOutboxOptions {
  /** An opened client of `redis` or `ioredis`. Others may use it too. */
  readonly client: RedisClient;
  /**
   * What the names of all keys begin with; the relay's must be the same.
   * @default "whisperr"
   */
  readonly prefix?: string | undefined;
  /**
   * How many streams the producers share, 1 to 256. Each is delivered by one relay at a time; relays find all of them.
   * @default 1
   */
  readonly partitions?: number | undefined;
  /**
   * How many operations a stream holds, 1 or more. Beyond it they wait in the memory of their processes.
   * @default 1_000_000
   */
  readonly maxLength?: number | undefined;
}

const OPTION_NAMES: Names<RedisOutboxOptions> = {
  client: true,
  prefix: true,
  partitions: true,
  maxLength: true,
};

/** A key where none is needed: the relay has it. */
const KEY_OF_RELAY = "wrk_of_the_relay";

/** In place of 1 s and 30 s: Redis is near, and every process has its own queue in memory meanwhile. */
const BACKOFF = { baseMs: 100, maxMs: 2_000 };

/** How soon Redis answers when nothing is in the way, and how often it is asked what time it is when something was. */
const PROMPT_MS = 20;
const MAX_ASKED = 3;

/** By both clocks: one may be set, the other may stop with the machine. */
interface Call {
  readonly wallMs: number;
  readonly elapsedMs: number;
  /** By Redis's clock, in ms since 1970; undefined before Redis was asked. */
  saidAtMs?: number;
}

interface Producer {
  readonly command: Command;
  readonly prefix: string;
  readonly partition: string;
  readonly keys: Keys;
  readonly maxLength: number;
  /** Where operations stand that were handed over, and may not have arrived. */
  readonly places: WeakMap<Operation, { readonly key: string; readonly number: number }>;
  /** When each `identify()` was called. */
  readonly calls: WeakMap<Operation, Call>;
  /** The latest of them, by Redis's clock. */
  saidAtMs: number;
  /**
   * Redis has them. A probe is handed over with what stands in front of it, for the order: once it is taken nothing
   * of that may fail any more, and be called undeliverable.
   */
  readonly kept: WeakSet<Operation>;
  /** Keys of the hand-overs in doubt. */
  readonly doubtful: Set<string>;
}

/**
 * Makes an outbox in Redis: what is recorded is appended to a stream at once, and `whisperr-relay`, or `createRelay()` in another
 * process, delivers it. `flush()` resolves when Redis has everything; `stats().delivered` counts what Redis has.
 *
 * While Redis is away operations wait in memory, `maxQueueSize` of them, and `onError` hears of it. No operation is appended twice,
 * and those of one process keep their order. The process needs no key: the relay has it.
 *
 * @throws Error when `client` is no client.
 *
 * @example
 * const whisperr = createWhisperr({ outbox: redisOutbox({ client: new Redis() }) });
 */
export function redisOutbox(options: RedisOutboxOptions): AppOutbox {
  const producer = createProducer(options);
  const memory = createMemoryOutbox();
  let carried = 0;
  let whisperr: Pick<ServerClient, "flush" | "stats"> | undefined;
  // What waits in memory waits for this.
  const onReady = () => {
    if (whisperr && whisperr.stats().pending > 0) void whisperr.flush();
  };
  const fetch: FetchLike = async () => {
    const operations = Array.from({ length: carried }, (_, index) => memory.at(index) as Operation);
    const unknown = operations.filter((operation) => !producer.kept.has(operation));
    if (unknown.length > 0) await handOver(producer, unknown);
    for (const operation of unknown) producer.kept.add(operation);
    return new Response(null, { status: 202 });
  };
  const makeClient: MakeClient = (given, create) => {
    const client = create({
      flushAt: 1,
      backoff: BACKOFF,
      ...given,
      apiKey: given.apiKey || KEY_OF_RELAY,
      fetch,
    });
    whisperr = client;
    return client;
  };
  const outbox: SharedOutbox & HandingOver = {
    get size() {
      return memory.size;
    },
    append(given) {
      const operation = given as Operation;
      if (operation.kind === "identify")
        producer.calls.set(operation, { wallMs: Date.now(), elapsedMs: performance.now() });
      memory.append(operation);
    },
    at: (index) => memory.at(index),
    remove: (offset, count) => memory.remove(offset, count),
    inFlight(count) {
      carried = count;
    },
    [MAKE_CLIENT]: makeClient,
    [sharing]: {
      // A disabled client never joins, and would never leave.
      join: () => void options.client.on?.("ready", onReady),
      maySend: () => true,
      // Apps that make a client for each job have one connection for all of them.
      leave: () => void options.client.off?.("ready", onReady),
      unstored: () => memory.size,
    },
  };
  return outbox;
}

function createProducer(options: RedisOutboxOptions): Producer {
  const { client, prefix = "whisperr" } = Object(options) as RedisOutboxOptions;
  const command = commandOf(client, "redisOutbox()");
  checkOptionNames(options, OPTION_NAMES, "redisOutbox()", console.warn);
  mustBe(
    typeof prefix === "string" && /^[^{}\s]+$/.test(prefix),
    "prefix",
    "text without { } or blanks",
    prefix,
  );
  const partitions = integer("partitions", options.partitions, 1, 1, 256);
  // A stream for the whole life of the client: that is what keeps its order.
  const partition = `${Math.floor(Math.random() * partitions)}`;
  return {
    command,
    prefix,
    partition,
    keys: keysOf(prefix, partition),
    maxLength: integer("maxLength", options.maxLength, 1_000_000, 1),
    places: new WeakMap(),
    calls: new WeakMap(),
    saidAtMs: 0,
    kept: new WeakSet(),
    doubtful: new Set(),
  };
}

async function handOver(producer: Producer, operations: readonly Operation[]): Promise<void> {
  const { command, prefix, partition, keys, maxLength, doubtful } = producer;
  await timeCalls(producer, operations);
  const placed = place(producer, operations);
  const used = new Set(placed.map(({ key }) => key));
  const over = [...doubtful].filter((key) => !used.has(key));
  // Relays look for streams there. It is there before the first operation is.
  await command("SADD", partitionsKey(prefix), partition);
  await appendOperations(command, keys, placed, over, maxLength);
  for (const key of over) doubtful.delete(key);
}

/**
 * Gives each `identify()` its time by Redis's clock, which all producers share, whatever their own clocks say. It is never
 * too early, and too late by no more than Redis's answer took to come: so one that is called when Redis has another is not the earlier one.
 * Those of one process keep their order.
 */
async function timeCalls(producer: Producer, operations: readonly Operation[]): Promise<void> {
  const calls = operations.flatMap((operation) => producer.calls.get(operation) ?? []);
  if (calls.every(({ saidAtMs }) => saidAtMs !== undefined)) return;
  const asked = await askClock(producer);
  for (const call of calls) {
    // An earlier hand-over, which was given up, may have heard it meanwhile.
    if (call.saidAtMs !== undefined) continue;
    const agoMs = Math.max(asked.elapsedMs - call.elapsedMs, asked.wallMs - call.wallMs || 0);
    producer.saidAtMs = callTime(producer.saidAtMs, Math.round(asked.redisMs - agoMs));
    call.saidAtMs = producer.saidAtMs;
  }
}

/** Again when the answer took long, as it does when the question had to wait for a connection. */
async function askClock({ command, keys }: Producer): Promise<Call & { readonly redisMs: number }> {
  for (let asked = 1; ; asked++) {
    const call = { wallMs: Date.now(), elapsedMs: performance.now() };
    const redisMs = await clockOf(command, keys);
    if (performance.now() - call.elapsedMs <= PROMPT_MS || asked === MAX_ASKED) return { ...call, redisMs };
  }
}

/**
 * What is handed over again keeps its place. What is new gets one under an id of this moment: two copies of a process image never
 * have the same place for different operations, of which Redis would take one for a repetition.
 */
function place({ places, calls, keys, doubtful }: Producer, operations: readonly Operation[]): Appended[] {
  let key: string | undefined;
  return operations.map((operation, index) => {
    let known = places.get(operation);
    if (known === undefined) {
      key ??= keys.seen(randomUuid());
      doubtful.add(key);
      known = { key, number: index + 1 };
      places.set(operation, known);
    }
    const saidAtMs = calls.get(operation)?.saidAtMs;
    return { ...known, text: JSON.stringify(saidAtMs ? withTime(operation, saidAtMs) : operation) };
  });
}
