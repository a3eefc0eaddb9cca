/** Requests that overlap, and share a client or have one each: what one of them does reaches no other. */
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { unexplainedRepeats } from "../browsers/judge/repeats.ts";
import { eventually } from "../eventually.ts";
import { hosts, type StartHost } from "./edge-host.ts";
import { type EdgeStage, setEdgeStage } from "./edge-stage.ts";

const REQUESTS = 12;
/** While the API is out there is a request every so often, until so many of them were over. */
const PACE_MS = 250;
const OVER = 3;
const APART_MS = 3000;
const MAX_TRIES = 5;

const all = Object.entries(hosts);
const shared = all.filter(([name]) => name.startsWith("one client"));
const perRequest = all.filter(([name]) => name.startsWith("a client"));

/** No request lasts as long as the outage, and no attempt as long as a request. */
const SHORT = {
  waitUntilTimeoutMs: 3000,
  backoff: { baseMs: 200, maxMs: 200 },
  maxRetries: 100,
  requestTimeoutMs: 1000,
};

describe.each(all)("%s", (_name, start) => {
  test("requests that overlap all deliver, and each that waits for flush() goes on in its own context", async () => {
    const stage = await setEdgeStage(start);
    stage.api.setDefault({ kind: "delay", ms: 50 });
    const answers = await Promise.all(
      Array.from({ length: REQUESTS }, (_, i) =>
        stage.ask(`/track?user=user_${i}&events=3${i % 2 === 0 ? "&flush" : ""}`),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(REQUESTS).fill(200));
    await untilAllArrive(stage, REQUESTS * 3);
    await nothingStays(stage);
    expect((await stage.report()).errors).toEqual([]);
  });
});

describe.each(shared)("%s", (_name, start) => {
  test("in an outage longer than any request, one request after the other goes on: all arrives, nothing is reported", async () => {
    const stage = await setEdgeStage(start, SHORT);
    const requests = await requestsDuringOutage(stage);
    await untilAllArrive(stage, requests * 2);
    await nothingStays(stage);
    expect((await stage.report()).errors).toEqual([]);
  });

  test("at the end of the request that sends, the other one goes on by itself", async () => {
    const stage = await twoThatOverlap(start);
    await eventually("the first is over, the second is not", async () => (await stage.report()).open === 1);
    stage.api.setDefault(null);
    await untilAllArrive(stage, 4);
    await nothingStays(stage);
    expect((await stage.report()).errors).toEqual([]);
  });

  test("whoever waits for flush() hears of its end, even if another request flushed first, and is over", async () => {
    const stage = await setEdgeStage(start, { waitUntilTimeoutMs: 3000 });
    stage.api.setDefault({ kind: "hang" });
    await stage.ask("/track?user=first&events=1&unawaited");
    await stage.api.waitForRequests(1, 10_000);
    await pause(1500);
    const second = stage.ask("/track?user=second&events=0&flush");
    await eventually("the first request is over", async () => (await stage.report()).open === 1);
    stage.api.setDefault(null);
    expect(JSON.parse((await second).text)).toEqual({ delivered: 1, dropped: 0, pending: 0 });
    expect((await stage.report()).errors).toEqual([]);
  });

  test("what nobody was left to deliver is reported, and goes out with the next request", async () => {
    const stage = await setEdgeStage(start, SHORT);
    stage.api.setDefault({ kind: "hang" });
    await stage.ask("/track?events=2");
    await eventually("a report", async () => (await stage.report()).errors.length > 0);
    expect((await stage.report()).errors).toMatchObject([{ type: "retry_exhausted", count: 2 }]);
    stage.api.setDefault(null);
    await stage.ask("/track?events=1");
    await untilAllArrive(stage, 3);
    await nothingStays(stage);
  });
});

describe.each(perRequest)("%s", (_name, start) => {
  test("in an outage longer than any request, each reports what it could not deliver, and later ones deliver", async () => {
    const stage = await setEdgeStage(start, SHORT);
    const requests = await requestsDuringOutage(stage);
    await eventually("every event arrived or reported", async () => {
      const { errors } = await stage.report();
      const reported = errors.reduce((sum, { count = 0 }) => sum + count, 0);
      return stage.api.store.events.length + reported === requests * 2;
    });
    expect(stage.api.store.events.length).toBeGreaterThan(0);
    await nothingStays(stage);
  });
});

/** The API hangs; the second request comes in the middle of the first. On a busy machine it may come too late: then again. */
async function twoThatOverlap(start: StartHost): Promise<EdgeStage> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const stage = await setEdgeStage(start, { ...SHORT, waitUntilTimeoutMs: 2 * APART_MS });
    stage.api.setDefault({ kind: "hang" });
    await stage.ask("/track?user=first&events=2");
    await pause(APART_MS);
    await stage.ask("/track?user=second&events=2");
    if ((await stage.report()).open === 2) return stage;
  }
  throw new Error("no two requests overlapped");
}

/** Answers how many there were, each with two events. */
async function requestsDuringOutage({ api, ask, report }: EdgeStage): Promise<number> {
  api.setDefault({ kind: "hang" });
  let requests = 0;
  for (let over = 0; over < OVER; ) {
    await ask(`/track?user=user_${requests++}&events=2`);
    await pause(PACE_MS);
    const { promises, open } = await report();
    over = promises - open;
  }
  api.setDefault(null);
  return requests;
}

async function untilAllArrive({ api }: EdgeStage, count: number): Promise<void> {
  await eventually("all events", () => api.store.events.length === count);
}

/** What was under way as its request ended goes again, though it arrived: nobody was there to hear of it. */
async function nothingStays({ api, report }: EdgeStage): Promise<void> {
  await eventually("nothing held", async () => (await report()).open === 0);
  const { timers, heard } = await report();
  expect(timers).toBe(0);
  expect(heard).not.toEqual({});
  expect(unexplainedRepeats(api.requests, new Map(Object.entries(heard)))).toEqual([]);
}
