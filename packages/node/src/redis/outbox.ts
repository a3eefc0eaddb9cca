/** The producing side: operations wait in a stream of Redis instead of the process, and a relay delivers them. */
import {
  type AppOutbox,
  createMemoryOutbox,
  type FetchLike,
  integer,
  mustBe,
  type Operation,
} from "@whisperr/core";
import { MAKE_CLIENT, type MakeClient } from "../hand-over.ts";
import { randomUuid } from "../process.ts";
import { type Command, commandOf, type RedisClient } from "./client.ts";
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

/** A key where none is needed: the relay has it. */
const KEY_OF_RELAY = "wrk_of_the_relay";

/** In place of 1 s and 30 s: Redis is near, and every process has its own queue in memory meanwhile. */
const BACKOFF = { baseMs: 100, maxMs: 2_000 };

interface Producer {
  readonly command: Command;
  readonly prefix: string;
  readonly partition: string;
  readonly keys: Keys;
  readonly maxLength: number;
  /** Where operations stand that were handed over, and may not have arrived. */
  readonly places: WeakMap<Operation, { readonly key: string; readonly number: number }>;
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
  const fetch: FetchLike = async () => {
    const operations = Array.from({ length: carried }, (_, index) => memory.at(index) as Operation);
    await handOver(producer, operations);
    return new Response(null, { status: 202 });
  };
  const makeClient: MakeClient = (given, create) => {
    const whisperr = create({
      flushAt: 1,
      backoff: BACKOFF,
      ...given,
      apiKey: given.apiKey || KEY_OF_RELAY,
      fetch,
    });
    // What waits in memory waits for this.
    options.client.on?.("ready", () => {
      if (whisperr.stats().pending > 0) void whisperr.flush();
    });
    return whisperr;
  };
  return {
    get size() {
      return memory.size;
    },
    append: (operation) => memory.append(operation as Operation),
    at: (index) => memory.at(index),
    remove: (offset, count) => memory.remove(offset, count),
    inFlight(count) {
      carried = count;
    },
    [MAKE_CLIENT]: makeClient,
  } as AppOutbox;
}

function createProducer(options: RedisOutboxOptions): Producer {
  const { client, prefix = "whisperr" } = Object(options) as RedisOutboxOptions;
  const command = commandOf(client, "redisOutbox()");
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
    doubtful: new Set(),
  };
}

async function handOver(producer: Producer, operations: readonly Operation[]): Promise<void> {
  const { command, prefix, partition, keys, maxLength, doubtful } = producer;
  const placed = place(producer, operations);
  const used = new Set(placed.map(({ key }) => key));
  const over = [...doubtful].filter((key) => !used.has(key));
  // Relays look for streams there. It is there before the first operation is.
  await command("SADD", partitionsKey(prefix), partition);
  await appendOperations(command, keys, placed, over, maxLength);
  for (const key of over) doubtful.delete(key);
}

/**
 * What is handed over again keeps its place. What is new gets one under an id of this moment: two copies of a process image never
 * have the same place for different operations, of which Redis would take one for a repetition.
 */
function place({ places, keys, doubtful }: Producer, operations: readonly Operation[]): Appended[] {
  let key: string | undefined;
  return operations.map((operation, index) => {
    let known = places.get(operation);
    if (known === undefined) {
      key ??= keys.seen(randomUuid());
      doubtful.add(key);
      known = { key, number: index + 1 };
      places.set(operation, known);
    }
    return { ...known, text: JSON.stringify(operation) };
  });
}
