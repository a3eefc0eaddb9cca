/** Tests that need a Redis: reported as not run where there is none. */
import { createWhisperr } from "@whisperr/node";
import { type RedisClient, redisOutbox } from "@whisperr/node/redis";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { REDIS, type RedisServer, startRedis } from "./server.ts";

const NOT_RUN = "not run: there is no redis-server or valkey-server here (apt-get install redis-server)";

/** On CI it must be there. */
export function testWithRedis(name: string, run: () => Promise<void>): void {
  test(name, async ({ skip }) => {
    if (REDIS === undefined && process.env.CI) throw new Error(NOT_RUN);
    if (REDIS === undefined) skip(NOT_RUN);
    await run();
  });
}

/** A server and a client of it, which end with the test. */
export async function aRedis(): Promise<{ readonly redis: RedisServer; readonly client: Redis }> {
  const redis = await startRedis();
  const client = new Redis({ path: redis.path, retryStrategy: () => 50 });
  client.on("error", () => {});
  onTestFinished(async () => {
    client.disconnect();
    await redis.end();
  });
  return { redis, client };
}

/** Records events with these numbers, and waits until Redis has them. */
export async function record(client: RedisClient, ...numbers: number[]): Promise<void> {
  const whisperr = createWhisperr({ outbox: redisOutbox({ client }) });
  for (const n of numbers) whisperr.track("ada", "step_taken", { n });
  expect(await whisperr.shutdown()).toMatchObject({ delivered: numbers.length, pending: 0 });
}
