/** The outbox in Redis and its relay, with a real Redis. What is killed is in redis-kills.test.ts, the command in redis-command.test.ts. */
import { createWhisperr } from "@whisperr/node";
import { createRelay, type RedisClient, type RelayOptions, redisOutbox } from "@whisperr/node/redis";
import { Redis } from "ioredis";
import { createClient, RESP_TYPES } from "redis";
import { expect, onTestFinished, test, vi } from "vitest";
import { accept, type IngestionApi, refuse, startIngestionApi } from "./ingestion-api.ts";
import { aRedis, record, testWithRedis } from "./redis/with-redis.ts";

const STREAM = "{whisperr:0}:stream";
const DEAD = "{whisperr:0}:dead";
const PATIENT = { timeout: 60_000 };

function aRelay(client: RedisClient, api: IngestionApi, more: Partial<RelayOptions> = {}) {
  const relay = createRelay({
    client,
    apiKey: "wrk_test",
    baseUrl: api.url,
    // Longer than any machine stands still: what is sent again is not asked about here.
    leaseMs: 60_000,
    onError() {},
    ...more,
  });
  onTestFinished(() => relay.shutdown());
  return relay;
}

const numbersOf = (api: IngestionApi) => api.events().map(({ properties }) => properties.n);

testWithRedis(
  "identifies and events arrive in order, and nothing of them stays, with either client",
  async () => {
    const { redis, client } = await aRedis();
    const api = await startIngestionApi();
    for (const RESP of [2, 3] as const) {
      const other = createClient({ socket: { path: redis.path, tls: false }, RESP });
      await other.connect();
      onTestFinished(() => void other.destroy());
      const relay = aRelay(other, api);
      const whisperr = createWhisperr({ outbox: redisOutbox({ client: RESP === 2 ? client : other }) });
      whisperr.track("ada", "signed_up");
      whisperr.identify("ada", { traits: { plan: "pro" } });
      whisperr.track("ada", "signed_in");
      await whisperr.shutdown();
      await api.received(RESP === 2 ? 3 : 6);
      await relay.shutdown();
      expect(relay.stats()).toEqual({ delivered: 3, dead: 0, partitions: 0 });
    }
    const paths = ["/v1/events/batch", "/v1/identify", "/v1/events/batch"];
    expect(api.requests.map(({ path }) => path)).toEqual([...paths, ...paths]);
    expect(await client.xlen(STREAM)).toBe(0);
  },
);

testWithRedis("a client that gives bytes for text loses nothing", async () => {
  const { redis } = await aRedis();
  const api = await startIngestionApi();
  const plain = createClient({ socket: { path: redis.path, tls: false } });
  await plain.connect();
  onTestFinished(() => void plain.destroy());
  const client = plain.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }) as RedisClient;
  const whisperr = createWhisperr({ outbox: redisOutbox({ client }) });
  whisperr.identify("ada", { traits: { plan: "pro" } });
  whisperr.track("ada", "step_taken", { n: 1 });
  await whisperr.shutdown();
  const relay = aRelay(client, api);
  await vi.waitFor(() => expect(relay.stats()).toMatchObject({ delivered: 2, dead: 0 }), PATIENT);
  expect(api.requests.map(({ path }) => path)).toEqual(["/v1/identify", "/v1/events/batch"]);
});

testWithRedis("clients that come and go leave no listener on the connection that they share", async () => {
  const { client } = await aRedis();
  for (const n of [1, 2, 3]) await record(client, n);
  expect(client.listenerCount("ready")).toBe(0);
});

test("disabled clients leave none there either, shut down or not", async () => {
  const client = new Redis({ lazyConnect: true });
  const disabled = () => createWhisperr({ disabled: true, outbox: redisOutbox({ client }) });
  for (const whisperr of [disabled(), disabled()]) await whisperr.shutdown();
  disabled();
  expect(client.listenerCount("ready")).toBe(0);
});

testWithRedis("of a Redis that was emptied, and whose clock is behind, everything arrives", async () => {
  const { client } = await aRedis();
  const api = await startIngestionApi();
  const relay = aRelay(client, api);
  await record(client, 1);
  await vi.waitFor(() => expect(relay.stats()).toMatchObject({ delivered: 1 }), PATIENT);
  await client.flushall();
  const text = JSON.stringify({
    kind: "identify",
    body: JSON.stringify({ external_user_id: "ada", traits: { n: 3 } }),
  });
  await client.xadd(STREAM, "1-1", "operation", text);
  await client.sadd("whisperr:partitions", "0");
  await vi.waitFor(() => expect(relay.stats()).toMatchObject({ delivered: 2 }), PATIENT);
});

testWithRedis(
  "what the API refuses for good, and what is no operation, becomes a dead letter; the rest arrives",
  async () => {
    const { client } = await aRedis();
    const api = await startIngestionApi((response) => {
      const bad = api.requests.at(-1)?.events.some(({ properties }) => properties.n === 2);
      (bad ? refuse(400, '{"error":{"code":"bad_event","message":"No"}}') : accept)(response, 0);
    });
    await record(client, 1, 2, 3);
    await client.xadd(STREAM, "*", "operation", "nonsense");
    const relay = aRelay(client, api);
    await vi.waitFor(() => expect(relay.stats()).toMatchObject({ delivered: 2, dead: 2 }), PATIENT);
    await relay.shutdown();
    const dead = (await client.xrange(DEAD, "-", "+")).map(([, fields]) => fields);
    const refused = dead.find(([, operation = ""]) => operation.includes('\\"n\\":2'));
    expect(refused?.slice(2)).toEqual(["reason", "rejected", "answer", expect.stringContaining("bad_event")]);
    expect(dead.find(([, operation]) => operation === "nonsense")?.slice(2, 4)).toEqual([
      "reason",
      "corrupt",
    ]);
    expect(await client.xlen(STREAM)).toBe(0);
  },
);

testWithRedis("one relay delivers, and the next begins when it ends", async () => {
  const { client } = await aRedis();
  const api = await startIngestionApi();
  await record(client, 1);
  const relays = [aRelay(client, api), aRelay(client, api)];
  await vi.waitFor(() => expect(numbersOf(api)).toEqual([1]), PATIENT);
  const active = relays.filter((relay) => relay.stats().partitions === 1);
  expect(active).toHaveLength(1);
  await active[0]?.shutdown();
  await record(client, 2);
  await vi.waitFor(() => expect(numbersOf(api)).toEqual([1, 2]), PATIENT);
});

for (const how of ["and an error said so", "and the client asked again by itself"])
  testWithRedis(`entries whose reply was lost ${how}: they are read before later ones`, async () => {
    const { client } = await aRedis();
    const api = await startIngestionApi();
    let isLost = false;
    const lossy: RedisClient = {
      on() {},
      async call(command, ...values) {
        const reply = await client.call(command, ...values);
        const isRead = values[0]?.includes("COUNT");
        if (!isRead || isLost || !Array.isArray(reply) || reply.length === 0) return reply;
        isLost = true;
        await record(client, 3);
        if (how.includes("error")) throw new Error("the reply was lost");
        return client.call(command, ...values);
      },
    };
    vi.spyOn(console, "warn").mockImplementation(() => {});
    await record(client, 1, 2);
    aRelay(lossy, api);
    await vi.waitFor(() => expect(numbersOf(api)).toEqual([1, 2, 3]), PATIENT);
  });

testWithRedis("an operation that is in doubt is in Redis once", async () => {
  const { client } = await aRedis();
  let calls = 0;
  const doubtful: RedisClient = {
    on() {},
    async call(command, ...values) {
      const reply = await client.call(command, ...values);
      if (command === "EVAL" && ++calls <= 2) throw new Error("the answer was lost");
      return reply;
    },
  };
  await record(doubtful, 1, 2, 3);
  expect(calls).toBeGreaterThan(2);
  expect(await client.xlen(STREAM)).toBe(3);
});

testWithRedis("an event whose answers are lost is not called undeliverable, for Redis has it", async () => {
  const { client } = await aRedis();
  let isProbed = false;
  const lossy: RedisClient = {
    on() {},
    async call(command, ...values) {
      const operations = values.filter((value) => value.includes('"kind":"track"')).length;
      isProbed ||= operations > 1;
      if (operations !== 1) return client.call(command, ...values);
      // First the answers are lost, then the requests.
      if (!isProbed) await client.call(command, ...values);
      throw new Error("the connection was lost");
    },
  };
  const onError = vi.fn();
  const whisperr = createWhisperr({
    outbox: redisOutbox({ client: lossy }),
    backoff: { baseMs: 1, maxMs: 1 },
    maxBatchSize: 1,
    onError,
  });
  for (const n of [1, 2]) whisperr.track("ada", "step_taken", { n });
  for (let round = 0; round < 20 && !isProbed; round++) await whisperr.flush();
  await whisperr.flush();
  expect(isProbed).toBe(true);
  expect(whisperr.stats().dropped).toEqual({});
  const texts = (await client.xrange(STREAM, "-", "+")).map(([, [, text = ""]]) => text);
  expect(texts.map((text) => JSON.parse(JSON.parse(text).properties).n)).toEqual([1, 2]);
  expect(onError).not.toHaveBeenCalledWith(expect.objectContaining({ type: "dropped" }));
});

testWithRedis(
  "while Redis is away events wait in memory, which is reported, and they are appended when it is back",
  async () => {
    const { redis, client } = await aRedis();
    const onError = vi.fn();
    const whisperr = createWhisperr({
      outbox: redisOutbox({ client }),
      maxRetries: 1,
      requestTimeoutMs: 1_000,
      onError,
    });
    whisperr.track("ada", "step_taken", { n: 1 });
    await whisperr.flush();
    await redis.kill();
    whisperr.track("ada", "step_taken", { n: 2 });
    expect(await whisperr.flush()).toMatchObject({ pending: 1 });
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ type: "retry_exhausted", count: 1 }));
    await redis.start();
    // Nobody asks it to: the connection is there again.
    await vi.waitFor(() => expect(whisperr.stats()).toMatchObject({ delivered: 2, pending: 0 }), PATIENT);
    expect(await client.xlen(STREAM)).toBe(2);
  },
);

testWithRedis("a full Redis takes nothing more, and is made room in", async () => {
  const { client } = await aRedis();
  const api = await startIngestionApi();
  await record(client, 1, 2);
  await client.call("CONFIG", "SET", "maxmemory", "1");
  await expect(client.set("anything", "1")).rejects.toThrow("OOM");
  const identify = JSON.stringify({ kind: "identify", body: '{"external_user_id":"ada"}' });
  const room = `redis.call('DEL', KEYS[1]) return redis.call('XADD', KEYS[2], '*', 'operation', ARGV[1])`;
  await client.eval(room, 2, "nothing", STREAM, identify);
  aRelay(client, api);
  await api.received(2);
  await vi.waitFor(async () => expect(await client.xlen(STREAM)).toBe(0), PATIENT);
  expect(api.requests.map(({ path }) => path)).toEqual(["/v1/events/batch", "/v1/identify"]);
});

test("what is no client is refused, and the error says what one is", () => {
  expect(() => redisOutbox({ client: {} as never })).toThrow(
    "redisOutbox() takes an opened client of redis or ioredis",
  );
  expect(() => createRelay({ client: {} as never })).toThrow("createRelay() takes an opened client");
});
