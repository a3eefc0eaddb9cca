/**
 * Producers, relays and Redis itself are killed while events flow, and the API loses answers. The seed says who is killed;
 * how far the events have come says when.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import type { ReceivedEvent } from "../ingestion-api.ts";
import { startRedis } from "./server.ts";

export interface KillPlan {
  readonly events: number;
  readonly kills: number;
  readonly seed: number;
}

export interface KillResult {
  readonly killed: { readonly [kind in Kind]: number };
  /** Events that Redis had, as their producers knew. */
  readonly recorded: number;
  readonly lost: number;
  /** Producers whose events came in another order. */
  readonly disordered: number;
  /** Events that were sent more than once; the API keeps them once, by their ids. */
  readonly repeated: number;
  /** Identifies that the API had. */
  readonly identified: number;
  /** Users of whom the API heard something older last. */
  readonly stale: number;
}

type Kind = "producer" | "relay" | "redis";
const KINDS: readonly Kind[] = ["producer", "relay", "redis"];

const PRODUCERS = 3;
const RELAYS = 2;
/** The API takes every so manieth request, and its answer is lost. */
const LOST_ANSWER_EVERY = 7;

/** Records events in small groups, each of them safe before the next; "safe 24" is the last of them. A group ends with an identify of a user that all producers share. */
const PRODUCER = `
  import { createWhisperr } from "@whisperr/node";
  import { redisOutbox } from "@whisperr/node/redis";
  import { Redis } from "ioredis";
  const [path, name, count] = process.argv.slice(1);
  const client = new Redis({ path, retryStrategy: () => 50 });
  client.on("error", () => {});
  const whisperr = createWhisperr({ outbox: redisOutbox({ client, partitions: 2 }), onError() {} });
  for (let n = 0; n < Number(count); n++) {
    whisperr.track("ada", "step_taken", { producer: name, n });
    if (n % 10 < 9 && n + 1 < Number(count)) continue;
    whisperr.identify("user " + Math.floor(n / 10), { traits: { producer: name, n } });
    while ((await whisperr.flush()).pending > 0);
    console.log("safe", n + 1);
  }
  process.exit(0);`;

const RELAY = `
  import { createRelay } from "@whisperr/node/redis";
  import { createClient } from "redis";
  const [path, baseUrl] = process.argv.slice(1);
  const client = createClient({ socket: { path, reconnectStrategy: 50 } });
  client.on("error", () => {});
  await client.connect();
  createRelay({ client, apiKey: "wrk_test", baseUrl, leaseMs: 1_000, backoff: { baseMs: 20, maxMs: 100 }, onError() {} });`;

export async function runKills({ events, kills, seed }: KillPlan): Promise<KillResult> {
  const redis = await startRedis();
  const api = await startApi();
  const random = randomFrom(seed);
  const killed = { producer: 0, relay: 0, redis: 0 };
  /** How many events of each producer are safe. */
  const safe = new Map<string, number>();
  const running = { producer: new Map<ChildProcess, string>(), relay: new Map<ChildProcess, string>() };
  let changed = () => {};
  const change = () =>
    new Promise<void>((resolve) => {
      changed = resolve;
    });
  const total = () => [...safe.values()].reduce((sum, count) => sum + count, 0);
  let isOver = false;

  function startRelay(): void {
    const child = runProgram(RELAY, [redis.path, api.url]);
    running.relay.set(child, "");
    child.on("exit", () => {
      running.relay.delete(child);
      if (!isOver) startRelay();
    });
  }

  function startProducer(count: number): void {
    const name = `producer ${safe.size}`;
    safe.set(name, 0);
    const child = runProgram(PRODUCER, [redis.path, name, `${count}`]);
    running.producer.set(child, name);
    let text = "";
    child.stdout?.setEncoding("utf8").on("data", (more: string) => {
      text += more;
      const numbers = [...text.matchAll(/safe (\d+)\n/g)].map(([, number]) => Number(number));
      safe.set(name, numbers.at(-1) ?? 0);
      changed();
    });
    // All of its output was read.
    child.on("close", () => {
      running.producer.delete(child);
      const left = count - (safe.get(name) ?? 0);
      if (left > 0 && !isOver) startProducer(left);
      changed();
    });
  }

  async function kill(kind: Kind): Promise<void> {
    killed[kind] += 1;
    if (kind === "redis") {
      await redis.kill();
      return redis.start();
    }
    const all = [...running[kind].keys()];
    const victim = all[Math.floor(random() * all.length)];
    victim?.kill("SIGKILL");
  }

  let stale = 0;
  try {
    for (let i = 0; i < RELAYS; i++) startRelay();
    for (let i = 0; i < PRODUCERS; i++)
      startProducer(Math.floor(((i + 1) * events) / PRODUCERS) - Math.floor((i * events) / PRODUCERS));
    for (let i = 1; i <= kills; i++) {
      // None after the last event: what is killed then is of no consequence.
      while (total() < (i * events) / (kills + 1)) await change();
      await kill(KINDS[Math.floor(random() * KINDS.length)] as Kind);
    }
    while (total() < events || running.producer.size > 0) await change();
    await drained(redis.path);
    stale = await countStale(redis.path, api.identifies);
  } finally {
    isOver = true;
    for (const child of [...running.producer.keys(), ...running.relay.keys()]) child.kill("SIGKILL");
    api.end();
    await redis.end();
  }
  return {
    killed,
    recorded: total(),
    ...judge(api.events, safe),
    identified: api.identifies.length,
    stale,
  };
}

/** By producer, in the order the API had them first. */
function judge(events: readonly ReceivedEvent[], safe: ReadonlyMap<string, number>) {
  const ids = new Set<unknown>();
  const numbers = new Map<unknown, unknown[]>();
  for (const { properties, context } of events) {
    if (ids.has(context.$message_id)) continue;
    ids.add(context.$message_id);
    numbers.set(properties.producer, [...(numbers.get(properties.producer) ?? []), properties.n]);
  }
  let lost = 0;
  let disordered = 0;
  for (const [name, count] of safe) {
    const arrived = numbers.get(name) ?? [];
    for (let n = 0; n < count; n++) if (!arrived.includes(n)) lost += 1;
    // What it recorded last may have arrived or not, but not with a gap, and not twice under two ids.
    if (arrived.some((n, index) => n !== index)) disordered += 1;
  }
  return { lost, disordered, repeated: events.length - ids.size };
}

/** Resolves when the relays have delivered everything. */
async function drained(path: string): Promise<void> {
  const client = new Redis({ path });
  client.on("error", () => {});
  const left = async () => {
    const streams = ((await client.smembers("whisperr:partitions")) as string[]).map(
      (partition) => `{whisperr:${partition}}:stream`,
    );
    const lengths = await Promise.all(streams.map((stream) => client.xlen(stream)));
    return lengths.reduce((sum, length) => sum + length, 0);
  };
  while ((await left()) > 0) await pause(50);
  client.disconnect();
}

/** By Redis's clock, which the notes have. Of two calls in one millisecond either may be the last. */
async function countStale(path: string, identifies: readonly string[]): Promise<number> {
  const client = new Redis({ path });
  client.on("error", () => {});
  const last = new Map(identifies.map((body) => [JSON.parse(body).external_user_id, body]));
  let stale = 0;
  for (const [user, body] of last) {
    const key = `{whisperr:said}:${user}`;
    const [, newest] = await client.zrange(key, "-1", "-1", "WITHSCORES");
    if (newest === undefined || (await client.zscore(key, body)) !== newest) stale += 1;
  }
  client.disconnect();
  return stale;
}

function runProgram(source: string, args: readonly string[]): ChildProcess {
  const flags = [
    "--conditions=@whisperr/source",
    "--disable-warning=ExperimentalWarning",
    "--input-type=module",
  ];
  return spawn(process.execPath, [...flags, "--eval", source, ...args], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    env: { ...process.env, WHISPERR_API_KEY: "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function startApi() {
  const events: ReceivedEvent[] = [];
  const identifies: string[] = [];
  let requests = 0;
  const server = createServer(async (request, response) => {
    let body = "";
    try {
      for await (const chunk of request.setEncoding("utf8")) body += chunk;
    } catch {
      // The relay was killed in the middle of it.
      return;
    }
    if (request.url === "/v1/identify") identifies.push(body);
    else events.push(...(JSON.parse(body) as { events: ReceivedEvent[] }).events);
    requests += 1;
    if (requests % LOST_ANSWER_EVERY === 0) return void request.socket.destroy();
    response.writeHead(202, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    events,
    identifies,
    end() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
