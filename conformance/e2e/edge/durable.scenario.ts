/** The Durable Object outbox in real workerd: in order and none lost, whatever ends when. */

import type { Fault } from "@whisperr/conformance/api";
import { expect, test } from "vitest";
import { eventually, WAIT_MS } from "../eventually.ts";
import { setDurableStage } from "./durable-stage.ts";
import { numbered, numbersOf, untilStored, upTo } from "./numbered-events.ts";

const unavailable: Fault = { kind: "status", status: 503 };

test("what several requests track arrives in order, in one API request, by the alarm alone", async () => {
  // Longer than the requests take, on a busy machine too.
  const { api, track, reported, untilItRests } = await setDurableStage({ flushIntervalMs: 5000 });
  for (let from = 1; from <= 11; from += 5) await track(numbered(from, from + 4));
  await untilStored(api, 15);
  await untilItRests();
  expect(numbersOf(api)).toEqual(upTo(15));
  expect(api.requests).toHaveLength(1);
  expect(await reported()).toEqual([]);
});

test("an outage and a restart in the middle of it: in order, none lost, none twice", async () => {
  const { api, track, restart, reported, untilItRests } = await setDurableStage();
  api.setDefault(unavailable);
  await track(numbered(1, 10));
  await api.waitForAnswers(2, WAIT_MS);
  await restart();
  // Nothing but the alarm wakes the object.
  const before = api.requests.length;
  await api.waitForAnswers(before + 2, WAIT_MS);
  await track([...numbered(11, 12), { user: "user_1", traits: { plan: "pro" } }, ...numbered(13, 15)]);
  await restart();
  api.setDefault(null);
  await untilStored(api, 15);
  await untilItRests();
  expect(numbersOf(api)).toEqual(upTo(15));
  expect(api.store.duplicates).toBe(0);
  expect(api.requests.some(({ overlapping }) => overlapping)).toBe(false);
  expect(api.store.users.get("user_1")?.identifies).toBe(1);
  const accepted = api.requests.filter(({ outcome }) => outcome === "stored").map(({ path }) => path);
  expect(accepted).toEqual(["/v1/events/batch", "/v1/identify", "/v1/events/batch"]);
  expect(await reported()).toEqual([]);
});

test("a restart while a request is under way: nothing is lost, and only what it carried goes twice", async () => {
  const { api, track, restart, untilItRests } = await setDurableStage(
    {},
    { script: [{ kind: "accept-and-lose-answer", answer: "stall" }] },
  );
  await track(numbered(1, 5));
  await api.waitForRequests(1, WAIT_MS);
  await track(numbered(6, 10));
  await restart();
  await untilStored(api, 10);
  await untilItRests();
  expect(numbersOf(api)).toEqual(upTo(10));
  expect(api.store.duplicates).toBe(5);
});

test("an API that hangs, and a restart while it does: recovery delivers what the object kept", async () => {
  const { api, track, restart, untilItRests } = await setDurableStage({ requestTimeoutMs: 2000 });
  api.setDefault({ kind: "hang" });
  await track(numbered(1, 5));
  await api.waitForRequests(1, WAIT_MS);
  await restart();
  await api.waitForRequests(2, WAIT_MS);
  api.setDefault(null);
  await untilStored(api, 5);
  await untilItRests();
  expect(numbersOf(api)).toEqual(upTo(5));
});

test("the last identify is the last word, though an isolate with an older one hands it over later", async () => {
  const { api, track, untilItRests } = await setDurableStage();
  const identify = (plan: string) => [{ user: "user_1", traits: { plan } }];
  // The object does not take what this isolate has, until it hears of another delivery.
  const late = track(identify("trial"), "/handing-over-late");
  await eventually("the identify that is held up", async () =>
    track([], "/is-held-up").then(
      () => true,
      () => false,
    ),
  );
  await track(identify("pro"));
  await eventually("the newer one", () => api.store.users.get("user_1")?.traits.plan === "pro");
  await track([], "/let-go");
  await late;
  await untilItRests();
  const plans = api.requests.map(({ text }) => JSON.parse(text).traits.plan);
  expect(plans).toEqual(["pro", "trial", "pro"]);
  expect(api.store.users.get("user_1")?.traits).toEqual({ plan: "pro" });
});

test("a bad day: outages, lost answers, limits and restarts; 1,000 events in order, none lost", async () => {
  const faults: Fault[] = [
    unavailable,
    { kind: "accept-and-lose-answer" },
    { kind: "ok" },
    { kind: "reset", when: "while" },
    { kind: "accept-and-lose-answer", answer: "cut" },
    { kind: "status", status: 429, retryAfter: { seconds: 1 } },
    { kind: "ok" },
  ];
  const { api, track, restart, untilItRests } = await setDurableStage(
    {},
    { script: [...faults, ...faults, ...faults] },
  );
  const restarts = 4;
  for (let from = 1; from < 1000; from += 25) {
    await track(numbered(from, from + 24));
    if (from % (1000 / restarts) === 1) await restart();
  }
  await untilStored(api, 1000);
  await untilItRests();
  expect(numbersOf(api)).toEqual(upTo(1000));
  expect(api.requests.some(({ overlapping }) => overlapping)).toBe(false);
  const inDoubt = api.requests.filter(({ outcome }) => outcome === "lost").map(({ events }) => events.length);
  // A restart may come between an answer and its being heard: one request each.
  const longest = Math.max(...api.requests.map(({ events }) => events.length));
  const most = inDoubt.reduce((sum, count) => sum + count, restarts * longest);
  expect(api.store.duplicates).toBeLessThanOrEqual(most);
});

test("a Retry-After holds over a restart and new operations", async () => {
  const { api, track, restart, untilItWaits } = await setDurableStage(
    {},
    { script: [{ kind: "status", status: 429, retryAfter: { seconds: 4 } }] },
  );
  await track(numbered(1, 3));
  await untilItWaits();
  await restart();
  await track(numbered(4, 30));
  await untilStored(api, 30);
  const [limited, accepted] = api.requests;
  expect((accepted?.receivedAtMs ?? 0) - (limited?.answeredAtMs ?? 0)).toBeGreaterThanOrEqual(3950);
  expect(numbersOf(api)).toEqual(upTo(30));
});

test("an object that was put out of memory while it waits goes on", async () => {
  const { api, track, evict, untilItWaits } = await setDurableStage({
    backoff: { baseMs: 3000, maxMs: 3000 },
  });
  api.setDefault(unavailable);
  await track(numbered(1, 5));
  await untilItWaits();
  await evict();
  api.setDefault(null);
  await untilStored(api, 5);
  expect(numbersOf(api)).toEqual(upTo(5));
  expect(api.store.duplicates).toBe(0);
});

test("a hand-over that is repeated because its answer was lost is kept once", async () => {
  const { api, track, untilItRests } = await setDurableStage({ flushIntervalMs: 1000 });
  const identify = { user: "user_1", traits: { plan: "pro" } };
  await track([...numbered(1, 3), identify, ...numbered(4, 5)], "/losing-an-answer");
  await untilStored(api, 5);
  await untilItRests();
  expect(numbersOf(api)).toEqual(upTo(5));
  expect(api.store.duplicates).toBe(0);
  expect(api.store.users.get("user_1")?.identifies).toBe(1);
});

test("an answer of the API that is lost: the same bytes go again, and everything is stored once", async () => {
  const { api, track } = await setDurableStage({}, { script: [{ kind: "accept-and-lose-answer" }] });
  await track(numbered(1, 5));
  await eventually("a second request", () => api.requests[1]?.outcome === "stored");
  expect(api.requests[1]?.text).toBe(api.requests[0]?.text);
  expect(numbersOf(api)).toEqual(upTo(5));
});

test("a poison event is dropped alone and reported; the others arrive in order", async () => {
  const poison = { key: "number", value: 7 };
  const { api, track, reported, untilItRests } = await setDurableStage(
    {},
    { rejectBatchesContaining: poison },
  );
  await track(numbered(1, 12));
  await untilStored(api, 11);
  await untilItRests();
  expect(numbersOf(api)).toEqual(upTo(12).filter((number) => number !== 7));
  expect(await reported()).toEqual([expect.objectContaining({ reason: "rejected", count: 1 })]);
});

test("beyond maxQueueSize the oldest go, and that is reported", async () => {
  const { api, track, reported } = await setDurableStage({ maxQueueSize: 20, flushIntervalMs: 5000 });
  api.setDefault(unavailable);
  await track(numbered(1, 15));
  await track(numbered(16, 25));
  api.setDefault(null);
  await untilStored(api, 20);
  expect(numbersOf(api)).toEqual(upTo(25).slice(5));
  expect(await reported()).toEqual([expect.objectContaining({ reason: "queue_full", count: 5 })]);
});

test("a long outage and a refused key are reported with the count of what is kept", async () => {
  const { api, track, reported } = await setDurableStage({ maxRetries: 1 });
  api.setDefault(unavailable);
  await track(numbered(1, 5));
  await api.waitForAnswers(4, WAIT_MS);
  api.setDefault({ kind: "status", status: 401 });
  const refused = api.requests.length;
  await api.waitForAnswers(refused + 2, WAIT_MS);
  api.setDefault(null);
  await untilStored(api, 5);
  const [outage, key] = await reported();
  expect(outage).toMatchObject({ type: "retry_exhausted", status: 503, count: 5 });
  expect(outage?.message).toContain("after 2 attempts");
  expect(key).toMatchObject({ type: "auth", status: 401, count: 5 });
  expect(numbersOf(api)).toEqual(upTo(5));
});

test("overlapping requests: all kept, each client's in its order", async () => {
  const { api, track, untilItRests } = await setDurableStage();
  const users = Array.from({ length: 20 }, (_, i) => `user_${i}`);
  await Promise.all(users.map((user) => track(numbered(1, 10, user))));
  await untilStored(api, 200);
  await untilItRests();
  for (const user of users) {
    const own = api.store.events.filter(({ userId }) => userId === user);
    expect(own.map(({ properties }) => properties.number)).toEqual(upTo(10));
  }
  expect(api.store.duplicates).toBe(0);
  expect(api.requests.some(({ overlapping }) => overlapping)).toBe(false);
});
