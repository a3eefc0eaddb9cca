/** The last `identify()` is the server's last word, with several producers and relays on one Redis. */
import { createWhisperr } from "@whisperr/node";
import { createRelay, type RedisClient, redisOutbox } from "@whisperr/node/redis";
import type { Redis } from "ioredis";
import { expect, onTestFinished, vi } from "vitest";
import type { Command } from "../src/redis/client.ts";
import { note } from "../src/redis/said.ts";
import { accept, type IngestionApi, refuse, startIngestionApi } from "./ingestion-api.ts";
import type { RedisServer } from "./redis/server.ts";
import { aRedis, testWithRedis } from "./redis/with-redis.ts";

const PATIENT = { timeout: 60_000 };
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

interface Stage {
  readonly redis: RedisServer;
  readonly client: Redis;
  readonly api: IngestionApi;
}

/** The clock of the calls stands still but for what a test moves. */
async function setStage(): Promise<Stage> {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const { redis, client } = await aRedis();
  const api = await startIngestionApi((response) => {
    const isBad = plans(api).at(-1) === "refused";
    (isBad ? refuse(400, '{"error":{"code":"bad_plan","message":"No"}}') : accept)(response, 0);
  });
  return { redis, client, api };
}

function startRelay({ client, api }: Stage) {
  const relay = createRelay({ client, apiKey: "wrk_test", baseUrl: api.url, leaseMs: 60_000, onError() {} });
  onTestFinished(() => relay.shutdown());
  return relay;
}

/** A process on the way to Redis, which may be cut off; it writes to this partition. */
function startProducer({ client }: Stage, partition: 0 | 1 = 0) {
  const line = { isCut: false, opens: Promise.resolve() };
  const its: RedisClient = {
    on() {},
    async call(command, ...values) {
      if (line.isCut) throw new Error("no connection");
      await line.opens;
      return client.call(command, ...values);
    },
  };
  const random = vi.spyOn(Math, "random").mockReturnValue(partition / 2);
  const outbox = redisOutbox({ client: its, partitions: 2 });
  random.mockRestore();
  const whisperr = createWhisperr({ outbox, maxRetries: 0, flushIntervalMs: 0, onError() {} });
  return {
    whisperr,
    line,
    async identify(plan: string) {
      whisperr.identify("ada", { traits: { plan } });
      await whisperr.flush();
    },
    /** Calls it an hour before Redis can be reached. */
    async identifyCutOff(...plans: string[]) {
      line.isCut = true;
      for (const plan of plans) whisperr.identify("ada", { traits: { plan } });
      await whisperr.flush();
      vi.setSystemTime(Date.now() + HOUR_MS);
    },
    async reconnect() {
      line.isCut = false;
      await whisperr.flush();
    },
  };
}

const plans = (api: IngestionApi) =>
  api.requests.flatMap(({ events }) =>
    events.map((event) => (event as unknown as { traits: { plan: string } }).traits.plan),
  );

/** No relay delivers this partition, until one finds it. */
const hide = ({ client }: Stage, partition: 0 | 1) => client.srem("whisperr:partitions", `${partition}`);
const show = ({ client }: Stage, partition: 0 | 1) => client.sadd("whisperr:partitions", `${partition}`);

const arrive = (api: IngestionApi, ...expected: string[]) =>
  vi.waitFor(() => expect(plans(api)).toEqual(expected), PATIENT);

/** Nothing waits there any more, so nothing more is said. */
const rests = ({ client }: Stage, ...partitions: (0 | 1)[]) =>
  vi.waitFor(async () => {
    for (const partition of partitions) expect(await client.xlen(`{whisperr:${partition}}:stream`)).toBe(0);
  }, PATIENT);

testWithRedis("when a producer was cut off from Redis while a newer one was delivered", async () => {
  const stage = await setStage();
  startRelay(stage);
  const [first, second] = [startProducer(stage), startProducer(stage)];
  await first.identifyCutOff("trial");
  await second.identify("pro");
  await second.identify("left");
  await arrive(stage.api, "pro", "left");
  await first.reconnect();
  await arrive(stage.api, "pro", "left", "trial", "pro", "left");
  await rests(stage, 0, 1);
  expect(plans(stage.api)).toHaveLength(5);
});

testWithRedis("when an older one waited in another partition, for a relay", async () => {
  const stage = await setStage();
  const { api } = stage;
  const [first, second] = [startProducer(stage, 0), startProducer(stage, 1)];
  await first.identifyCutOff("trial");
  await first.reconnect();
  await second.identify("pro");
  await hide(stage, 0);
  startRelay(stage);
  await arrive(api, "pro");
  await show(stage, 0);
  await arrive(api, "pro", "trial", "pro");
  await rests(stage, 0, 1);
  expect(plans(api)).toHaveLength(3);
});

testWithRedis("when both have waited for days, as in an outage of the API", async () => {
  const stage = await setStage();
  const { client, api } = stage;
  const calledMs = Date.now() - 2 * DAY_MS;
  for (const [partition, plan] of ["trial", "pro"].entries()) {
    const body = JSON.stringify({ external_user_id: "ada", traits: { plan } });
    const saidAtMs = calledMs + partition;
    const operation = JSON.stringify({ kind: "identify", body, saidAtMs });
    await client.xadd(`{whisperr:${partition}}:stream`, `${saidAtMs}-0`, "operation", operation);
  }
  await show(stage, 1);
  startRelay(stage);
  await arrive(api, "pro");
  await show(stage, 0);
  await arrive(api, "pro", "trial", "pro");
});

testWithRedis("when the relay that delivered the older one ended before Redis heard of it", async () => {
  const stage = await setStage();
  const { api } = stage;
  const producers = [startProducer(stage, 0), startProducer(stage, 1)] as const;
  await producers[0].identifyCutOff("trial");
  await producers[0].reconnect();
  await producers[1].identify("pro");
  await hide(stage, 0);
  startRelay(stage);
  await arrive(api, "pro");
  await show(stage, 0);
  await arrive(api, "pro", "trial", "pro");
});

testWithRedis("when the older one waited for the connection, and was on its way all the time", async () => {
  const stage = await setStage();
  startRelay(stage);
  const [first, second] = [startProducer(stage), startProducer(stage)];
  let open = () => {};
  first.line.opens = new Promise((resolve) => {
    open = resolve;
  });
  const calledMs = performance.now();
  const trial = first.identify("trial");
  // Much longer than Redis takes to answer.
  await vi.waitFor(() => expect(performance.now() - calledMs).toBeGreaterThan(300), PATIENT);
  await second.identify("pro");
  await arrive(stage.api, "pro");
  open();
  await trial;
  await arrive(stage.api, "pro", "trial", "pro");
});

testWithRedis("whatever the clocks of the producers say", async () => {
  const stage = await setStage();
  startRelay(stage);
  const nowMs = Date.now();
  vi.setSystemTime(nowMs + 2 * HOUR_MS);
  const first = startProducer(stage);
  first.line.isCut = true;
  await first.identify("trial");
  vi.setSystemTime(nowMs - 2 * HOUR_MS);
  const second = startProducer(stage);
  await second.identify("pro");
  await arrive(stage.api, "pro");
  // Later than its call by its own clock, too.
  vi.setSystemTime(nowMs + 3 * HOUR_MS);
  first.line.isCut = false;
  await first.whisperr.flush();
  await arrive(stage.api, "pro", "trial", "pro");
});

testWithRedis(
  "identifies of one process in their order are said once, whatever order they are handed over in",
  async () => {
    const stage = await setStage();
    const { api } = stage;
    const [first, second] = [startProducer(stage), startProducer(stage, 1)];
    await first.identifyCutOff("trial", "pro", "left");
    await second.identify("back");
    await first.reconnect();
    // In the order of the calls it is, by partition: the newest one last.
    await hide(stage, 1);
    startRelay(stage);
    await arrive(api, "trial", "pro", "left");
    await rests(stage, 0);
    await show(stage, 1);
    await arrive(api, "trial", "pro", "left", "back");
    await rests(stage, 0, 1);
    expect(plans(api)).toHaveLength(4);
  },
);

testWithRedis(
  "what is noted of a user is gone after a day, and a refused one is noted no longer",
  async () => {
    const stage = await setStage();
    const { client, api } = stage;
    const relay = startRelay(stage);
    await startProducer(stage).identify("pro");
    await arrive(api, "pro");
    const keys = await client.keys("{whisperr:said}*");
    expect(keys.sort()).toEqual(["{whisperr:said}", "{whisperr:said}:ada"]);
    for (const key of keys) {
      const leftMs = await client.pttl(key);
      expect(leftMs).toBeGreaterThan(0);
      expect(leftMs).toBeLessThanOrEqual(DAY_MS);
    }
    await startProducer(stage).identify("refused");
    await vi.waitFor(() => expect(relay.stats()).toMatchObject({ delivered: 1, dead: 1 }), PATIENT);
    await vi.waitFor(async () => expect(await client.zcard("{whisperr:said}:ada")).toBe(1), PATIENT);
  },
);

testWithRedis("of more users than are noted those go whose last call was the longest ago", async () => {
  const { client } = await setStage();
  const command: Command = async (name, ...values) => client.call(name, ...values);
  for (const user of ["ada", "bob", "ada", "cyd", "dan"])
    await note(command, "whisperr", [{ user, saidAtMs: Date.now(), body: user }], 3);
  const keys = await client.keys("{whisperr:said}:*");
  expect(keys.sort()).toEqual(["ada", "cyd", "dan"].map((user) => `{whisperr:said}:${user}`));
  expect((await client.zrange("{whisperr:said}", "0", "-1")).sort()).toEqual(keys);
  await note(command, "whisperr", [{ user: "eve", saidAtMs: Date.now(), body: "x".repeat(20_001) }]);
  expect(await client.exists("{whisperr:said}:eve")).toBe(0);
});
