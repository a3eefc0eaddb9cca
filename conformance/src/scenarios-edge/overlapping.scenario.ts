/** Requests that overlap, and share a client or have one each: what one of them does reaches no other. */
import { describe, expect, test } from "vitest";
import { eventually } from "../scenarios/eventually.ts";
import { type EdgeHost, hosts } from "./edge-host.ts";
import { setEdgeStage } from "./edge-stage.ts";

const REQUESTS = 12;

describe.each(Object.entries(hosts))("%s", (_name, start) => {
  test("requests that overlap all deliver, and each that waits for flush() goes on in its own context", async () => {
    const stage = await setEdgeStage(start);
    stage.api.setDefault({ kind: "delay", ms: 50 });
    const answers = await Promise.all(
      Array.from({ length: REQUESTS }, (_, i) =>
        stage.ask(`/track?user=user_${i}&events=3${i % 2 === 0 ? "&flush" : ""}`),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(REQUESTS).fill(200));
    await allArrived(stage, REQUESTS * 3, stage.api.store);
    expect((await stage.report()).errors).toEqual([]);
  });

  test("in an outage that outlives the requests that met it, later ones go on, and all arrives once", async () => {
    const stage = await setEdgeStage(start, {
      waitUntilTimeoutMs: 1500,
      backoff: { baseMs: 200, maxMs: 200 },
      requestTimeoutMs: 400,
    });
    stage.api.setDefault({ kind: "hang" });
    const until = performance.now() + 4000;
    let requests = 0;
    while (performance.now() < until) {
      await stage.ask(`/track?user=user_${requests++}&events=2`);
      await eventually(
        "the next request's turn",
        5000,
        () => performance.now() > until - 4000 + requests * 250,
      );
    }
    const { errors } = await stage.report();
    stage.api.setDefault(null);
    await stage.ask("/track?user=last&events=2");
    requests++;
    const kept = errors.reduce((sum, { count = 0 }) => sum + count, 0);
    // A client of one request ends with it, and has said what it could not deliver.
    await eventually("what can arrive", 10_000, async () => {
      const reported = (await stage.report()).errors.reduce((sum, { count = 0 }) => sum + count, 0);
      return stage.api.store.events.length + reported >= requests * 2;
    });
    expect(stage.api.store.duplicates).toBe(0);
    expect(kept).toBeGreaterThanOrEqual(0);
    await eventually("nothing held", 5000, async () => (await stage.report()).open === 0);
  });
});

async function allArrived(
  host: EdgeHost,
  count: number,
  store: { events: readonly unknown[]; duplicates: number },
) {
  await eventually(`${count} events`, 20_000, () => store.events.length >= count);
  await eventually("nothing held", 5000, async () => (await host.report()).open === 0);
  expect(store.events.length).toBe(count);
  expect(store.duplicates).toBe(0);
  expect((await host.report()).timers).toBe(0);
}
