/** What a user of the app notices of tracking: nothing, whatever the API does. */
import { describe, expect, test } from "vitest";
import { eventually } from "../eventually.ts";
import { hosts } from "./edge-host.ts";
import { median, setEdgeStage } from "./edge-stage.ts";
import { record } from "./figures.ts";

/** The API's, which the response must not wait for. */
const API_DELAY_MS = 200;
/** A good deal more than the 5 ms that are the goal, and a good deal less than the API takes: two cores, shared. */
const NOTICEABLE_MS = 50;
const ROUNDS = 30;

describe.each(Object.entries(hosts))("%s", (name, start) => {
  test("five events of one request arrive in one API request, without a flush, and the response waits for nothing", async () => {
    const stage = await setEdgeStage(start);
    stage.api.setDefault({ kind: "delay", ms: API_DELAY_MS });
    await stage.ask("/plain");
    const first = await stage.ask("/track?events=5");
    expect(first.text).toBe("ok");
    await eventually("five events", 10_000, () => stage.api.store.events.length === 5);
    expect(stage.api.requests.length).toBe(1);

    const plain: number[] = [];
    const tracking: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      plain.push((await stage.ask("/plain")).ms);
      tracking.push((await stage.ask("/track?events=5")).ms);
    }
    record("Response, API takes 200 ms", name, "", {
      "without SDK, median ms": median(plain).toFixed(2),
      "five events, median ms": median(tracking).toFixed(2),
    });
    expect(median(tracking) - median(plain)).toBeLessThan(NOTICEABLE_MS);
    await eventually("all events", 20_000, () => stage.api.store.events.length === 5 + ROUNDS * 5);
    expect(stage.api.requests.length).toBeLessThanOrEqual(1 + ROUNDS);
    await eventually("nothing held", 5000, async () => (await stage.report()).open === 0);
    expect((await stage.report()).timers).toBe(0);
  });

  test("an API that never answers costs the user nothing; waitUntil ends in time, and what is left is reported", async () => {
    const waitUntilTimeoutMs = 3000;
    const stage = await setEdgeStage(start, { waitUntilTimeoutMs });
    stage.api.setDefault({ kind: "hang" });
    await stage.ask("/plain");
    const { ms } = await stage.ask("/track?events=5");
    expect(ms).toBeLessThan(1000);
    const report = await eventually("waitUntil has ended", 10_000, async () => {
      const seen = await stage.report();
      return seen.open === 0 && seen.errors.length > 0 && seen;
    });
    record("API hangs, waitUntilTimeoutMs 3 000", name, "", {
      "response ms": ms.toFixed(1),
      "waitUntil ms": report.longestMs,
      reported: `${report.errors[0]?.type}, ${report.errors[0]?.count}`,
    });
    expect(report.errors).toMatchObject([{ type: "retry_exhausted", count: 5 }]);
    expect(report.longestMs).toBeGreaterThan(waitUntilTimeoutMs - 500);
    expect(report.longestMs).toBeLessThan(waitUntilTimeoutMs + 1500);
    expect(report.timers).toBe(0);
  });
});
