/** Cloudflare Queues in real workerd: what a Worker produces, its consumer delivers, and only poison ends as a dead letter. */

import type { Fault } from "@whisperr/conformance/api";
import { expect, test } from "vitest";
import { eventually, WAIT_MS } from "../eventually.ts";
import { numbered, numbersOf, sortedNumbersOf, untilStored, upTo } from "./numbered-events.ts";
import { setQueueStage } from "./queue-stage.ts";

/** More than any scenario needs. */
const MANY_RETRIES = 50;

const unavailable: Fault = { kind: "status", status: 503 };
const POISON = { key: "number", value: 13 };

test("what one request tracks arrives in order, in one API request", async () => {
  const { api, track, reported, deadLetters } = await setQueueStage(2);
  await track(numbered(1, 30));
  await untilStored(api, 30);
  expect(numbersOf(api)).toEqual(upTo(30));
  expect(api.requests).toHaveLength(1);
  expect(await reported()).toEqual([]);
  expect(await deadLetters()).toEqual([]);
});

test("more than the Queue takes at once goes in several calls; an identify keeps its place", async () => {
  const { api, track, reported } = await setQueueStage(2);
  const large = numbered(1, 90).map((call) => ({
    ...call,
    properties: { ...call.properties, text: "€".repeat(2500) },
  }));
  await track([...large.slice(0, 45), { user: "user_1", traits: { plan: "pro" } }, ...large.slice(45)]);
  await untilStored(api, 90);
  expect(await reported()).toEqual([]);
  expect(sortedNumbersOf(api)).toEqual(upTo(90));
  expect(api.store.users.get("user_1")?.traits).toEqual({ plan: "pro" });
});

test("a batch with one poison event: the others arrive once, and it alone is retried until it is a dead letter", async () => {
  const { api, track, reported, deadLetters } = await setQueueStage(2, { rejectBatchesContaining: POISON });
  await track(numbered(1, 30));
  const [letter, ...others] = await eventually("a dead letter", async () => {
    const letters = await deadLetters();
    return letters.length > 0 && letters;
  });
  expect(letter).toMatchObject({
    whisperr: 1,
    operation: { kind: "track", properties: JSON.stringify({ number: 13 }) },
  });
  expect(others).toEqual([]);
  expect(numbersOf(api)).toEqual(upTo(30).filter((number) => number !== 13));
  expect(api.store.duplicates).toBe(0);
  const alone = api.requests.filter(({ events }) => events.length === 1 && events[0]?.properties);
  const poisonAlone = alone.filter(({ text }) => text.includes('"number":13}'));
  expect(poisonAlone).toHaveLength(3);
  const afterTheBatch = api.requests.slice(
    api.requests.findIndex(({ index }) => index === poisonAlone[1]?.index),
  );
  expect(afterTheBatch.every(({ events }) => events.length === 1)).toBe(true);
  expect(await reported()).toEqual(Array(3).fill(expect.objectContaining({ reason: "rejected", count: 1 })));
});

test("a 429 with Retry-After delays the messages by as much, and those that come meanwhile", async () => {
  const { api, track, deadLetters, reported } = await setQueueStage(2, {
    script: [{ kind: "status", status: 429, retryAfter: { seconds: 3 } }],
  });
  await track(numbered(1, 10));
  await api.waitForAnswers(1, WAIT_MS);
  await track(numbered(11, 15));
  await untilStored(api, 15);
  const [limited, accepted] = api.requests;
  expect((accepted?.receivedAtMs ?? 0) - (limited?.answeredAtMs ?? 0)).toBeGreaterThanOrEqual(2950);
  expect(sortedNumbersOf(api)).toEqual(upTo(15));
  expect(api.store.duplicates).toBe(0);
  expect(await reported()).toEqual([]);
  expect(await deadLetters()).toEqual([]);
});

test("an answer that is lost: the same bytes go again, and everything is stored once", async () => {
  const { api, track, deadLetters } = await setQueueStage(2, {
    script: [{ kind: "accept-and-lose-answer" }],
  });
  await track(numbered(1, 10));
  await eventually("a second request", () => api.requests[1]?.outcome === "stored");
  expect(api.requests[1]?.text).toBe(api.requests[0]?.text);
  expect(numbersOf(api)).toEqual(upTo(10));
  expect(await deadLetters()).toEqual([]);
});

test("an outage: everything comes back later, nothing is a dead letter", async () => {
  const { api, track, reported, deadLetters } = await setQueueStage(MANY_RETRIES);
  api.setDefault(unavailable);
  await track(numbered(1, 10));
  // Three attempts a delivery: the Queue has brought the messages three times.
  await api.waitForAnswers(7, WAIT_MS);
  await track(numbered(11, 15));
  await api.waitForAnswers(10, WAIT_MS);
  api.setDefault(null);
  await untilStored(api, 15);
  expect(sortedNumbersOf(api)).toEqual(upTo(15));
  expect(api.store.duplicates).toBe(0);
  expect(await reported()).toContainEqual(expect.objectContaining({ type: "retry_exhausted", status: 503 }));
  expect(await deadLetters()).toEqual([]);
});

test("an identify that comes back after a newer one was delivered is not the last word", async () => {
  const { api, miniflare, deadLetters } = await setQueueStage(2);
  const queue = await miniflare.getQueueProducer("WHISPERR_QUEUE", "app");
  const send = (plan: string, atMs: number) => {
    const operation = {
      kind: "identify",
      body: JSON.stringify({ external_user_id: "user_1", traits: { plan } }),
    };
    const message = { whisperr: 1, client: plan, number: 1, atMs, operation };
    return queue.send(message, { contentType: "json" });
  };
  const nowMs = Date.now();
  await send("pro", nowMs);
  await eventually("the newer one", () => api.store.users.get("user_1")?.traits.plan === "pro");
  await send("trial", nowMs - 60_000);
  await eventually("it is said again", () => api.store.users.get("user_1")?.identifies === 3);
  expect(api.requests.map(({ text }) => JSON.parse(text).traits.plan)).toEqual(["pro", "trial", "pro"]);
  expect(await deadLetters()).toEqual([]);
});

test("an API that hangs: the consumer lets go, and the messages come back", async () => {
  const { api, track } = await setQueueStage(MANY_RETRIES, { hangs: true });
  api.setDefault({ kind: "hang" });
  await track(numbered(1, 5));
  await api.waitForRequests(4, WAIT_MS);
  api.setDefault(null);
  await untilStored(api, 5);
  expect(numbersOf(api)).toEqual(upTo(5));
});

test("a refused key is reported, and the messages wait in the Queue for a better one", async () => {
  const { api, track, reported, deadLetters } = await setQueueStage(MANY_RETRIES);
  api.setDefault({ kind: "status", status: 401 });
  await track(numbered(1, 5));
  await api.waitForAnswers(2, WAIT_MS);
  api.setDefault(null);
  await untilStored(api, 5);
  expect(await reported()).toContainEqual(expect.objectContaining({ type: "auth", status: 401, count: 5 }));
  expect(await deadLetters()).toEqual([]);
});

test("messages that are not Whisperr's end as dead letters and harm nobody", async () => {
  const { api, track, deadLetters, miniflare } = await setQueueStage(1);
  const queue = await miniflare.getQueueProducer("WHISPERR_QUEUE", "app");
  const foreign = [
    { hello: "world" },
    { whisperr: 1, client: "c", number: 1, atMs: 1, operation: {} },
    "text",
  ];
  for (const body of foreign) await queue.send(body, { contentType: "json" });
  await track(numbered(1, 5));
  await untilStored(api, 5);
  await eventually("dead letters", async () => (await deadLetters()).length === 3);
  expect(await deadLetters()).toEqual(expect.arrayContaining(foreign));
  expect(numbersOf(api)).toEqual(upTo(5));
});

test("an operation larger than a message is dropped alone, and reported", async () => {
  const { api, track, reported } = await setQueueStage(2);
  const large = { user: "user_1", event: "step_taken", properties: { text: "x".repeat(130_000) } };
  await track([...numbered(1, 10), large, ...numbered(11, 20)]);
  await untilStored(api, 20);
  expect(numbersOf(api)).toEqual(upTo(20));
  expect(await reported()).toEqual([expect.objectContaining({ reason: "too_large", count: 1 })]);
});

test("messages are all there is: other isolates deliver, in order, what was produced before a restart", async () => {
  const before = await setQueueStage(0);
  before.api.setDefault(unavailable);
  // Two requests; without retries everything ends in the dead-letter queue, whose messages are the same.
  await before.track([...numbered(1, 5), { user: "user_1", traits: { plan: "pro" } }]);
  await eventually("the first request's messages", async () => (await before.deadLetters()).length === 6);
  await before.track(numbered(6, 8));
  const kept = await eventually("the messages", async () => {
    const letters = await before.deadLetters();
    return letters.length === 9 && letters;
  });
  await before.close();
  expect(JSON.stringify(kept)).not.toContain("wrk_");

  const { api, miniflare } = await setQueueStage(2);
  const queue = await miniflare.getQueueProducer("WHISPERR_QUEUE", "app");
  await queue.sendBatch(kept.reverse().map((body) => ({ body, contentType: "json" })));
  await untilStored(api, 8);
  expect(numbersOf(api)).toEqual(upTo(8));
  expect(api.requests.map(({ path }) => path)).toEqual([
    "/v1/events/batch",
    "/v1/identify",
    "/v1/events/batch",
  ]);
});
