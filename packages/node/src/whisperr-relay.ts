#!/usr/bin/env node
/** The command `whisperr-relay`: a relay in a process of its own, until it is told to end. */
import { parseArgs } from "node:util";
import type { RedisClient } from "./redis/client.ts";
import { checkedRelay, startRelay } from "./redis/relay.ts";

const USAGE = `whisperr-relay delivers what redisOutbox() appends to Redis.

  --redis <url>       default: REDIS_URL, else redis://127.0.0.1:6379
  --prefix <text>     as the producers have it; default: whisperr
  --lease-ms <ms>     how long another relay waits for one that is gone; default: 5000
  --base-url <url>    default: WHISPERR_BASE_URL, else https://api.whisperr.net
  --help

The key is read from WHISPERR_API_KEY. It needs the package ioredis or redis.`;

/** A platform ends a container ten seconds after it asks it to end. */
const SHUTDOWN_MS = 8_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      redis: { type: "string" },
      prefix: { type: "string" },
      "lease-ms": { type: "string" },
      "base-url": { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return console.log(USAGE);
  const { REDIS_URL, WHISPERR_BASE_URL } = process.env;
  const leaseMs = values["lease-ms"];
  const client = await redisAt(values.redis ?? REDIS_URL ?? "redis://127.0.0.1:6379");
  const checked = checkedRelay({
    client,
    prefix: values.prefix,
    leaseMs: leaseMs === undefined ? undefined : Number(leaseMs),
    baseUrl: values["base-url"] ?? WHISPERR_BASE_URL,
    onError: ({ message }) => console.warn(`[whisperr] ${message}`),
  });
  // Not before: a connection would hold the process that has refused an option. It goes on trying by itself.
  void client.connect().catch(() => {});
  const relay = startRelay(checked);
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => void relay.shutdown({ timeoutMs: SHUTDOWN_MS }).then(() => process.exit(0)));
  console.log("[whisperr] the relay delivers");
}

/** Not connected yet. What a connection fails with the relay says itself. */
async function redisAt(url: string): Promise<RedisClient & { connect(): Promise<unknown> }> {
  const ioredis = await import("ioredis").catch(() => undefined);
  if (ioredis) return new ioredis.Redis(url, { lazyConnect: true }).on("error", () => {});
  const redis = await import("redis").catch(() => undefined);
  if (redis === undefined)
    throw new Error("Whisperr: whisperr-relay needs ioredis or redis: npm install ioredis");
  return redis.createClient({ url }).on("error", () => {});
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
