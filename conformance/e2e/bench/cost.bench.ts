/**
 * What `track()` takes with 0, 100 and 900 operations waiting, and how long a start with 1,000 waiting keeps the main
 * thread busy, and a phone's, beside a start with none. What both ask of the storage is judged by `browsers/cost.scenario.ts`.
 */
import { expect, it } from "vitest";
import { inEveryEngine } from "../browsers/engines.ts";
import { audit } from "../browsers/judge/audit.ts";
import type { PageReport } from "../browsers/site/plan.ts";
import { type Stage, setStage, standing } from "../browsers/stage.ts";
import { eventually } from "../eventually.ts";
import { median } from "../figures.ts";
import { record } from "./figures.ts";

const SCENARIO = "Cost of track()";
const LEVELS = [0, 100, 900];
/** Pages read clocks of 5 to 1,000 µs: this many calls are timed at once. */
const CALLS_PER_RUN = 50;
const RUNS = 6;
/**
 * Twice the cost is a queue that is rewritten or searched on every call. The quickest runs are compared: those no other
 * process has disturbed.
 */
const MAX_RATIO = 2;
const WAITING_AT_START = 1_000;
/** Other processes lengthen a start, never all of them alike: the best of these counts. */
const STARTS = 2;
/** A frame is 17 ms, a long task 50; a slow machine may double that. */
const MAX_BLOCK_MS = 250;
/** A phone takes so many times as long as this machine. */
const PHONE = 6;
const TASKS_LISTED = 6;

inEveryEngine(SCENARIO, (browser, engine) => {
  it("does not depend on what is waiting", async () => {
    const stage = await setStage(browser());
    const options = { flushAt: 5_000, flushIntervalMs: 0, maxQueueSize: 1_000 };
    const page = await stage.open({ options }, "isolated");
    const runs = LEVELS.map((): number[] => []);
    // Levels take turns, so that a busy second of the machine meets all of them.
    for (let run = 0; run <= RUNS; run++) {
      for (const [i, waiting] of LEVELS.entries()) {
        const micros = await page.ask<number>({ do: "timeTrack", waiting, calls: CALLS_PER_RUN });
        // The first run of each is the engine's warm-up.
        if (run > 0) runs[i]?.push(micros);
      }
    }
    const [empty = 0, some = 0, many = 0] = runs.map(median);
    const { longTasks } = await page.report();
    record(SCENARIO, engine, "median µs per call", {
      "0 waiting": empty.toFixed(1),
      "100 waiting": some.toFixed(1),
      "900 waiting": many.toFixed(1),
      "900 to 0": (many / empty).toFixed(2),
      "long tasks": longTasks ?? "not told",
    });
    const [emptiest = 0, ...others] = runs.map((own) => Math.min(...own));
    for (const micros of others) expect(micros / emptiest).toBeLessThan(MAX_RATIO);
  });

  it("keeps the main thread free when a page starts with 1,000 waiting", async () => {
    const stage = await setStage(browser());
    const usual = Math.min(...(await startsWithout(stage)));
    stage.api.setDefault({ kind: "status", status: 503 });
    const page = await stage.open({ options: { flushAt: 5_000, flushIntervalMs: 60_000 } });
    for (let n = 0; n < WAITING_AT_START; n += 100) await page.track("backlog", n, 100);
    await page.close();
    const starts: PageReport[] = [];
    for (let start = 0; start < STARTS; start++) {
      if (start === STARTS - 1) stage.api.setDefault(null);
      starts.push(await startWithBacklog(stage));
    }
    const block = Math.min(...starts.map(({ longestBlockMs }) => longestBlockMs));
    record(SCENARIO, engine, "start with 1,000 waiting", {
      "longest block of a start, ms": Math.round(block),
      "with nothing waiting, ms": Math.round(usual),
      "long tasks then":
        starts.find(({ longestBlockMs }) => longestBlockMs === block)?.longTasks ?? "not told",
    });
    expect(block - usual).toBeLessThan(MAX_BLOCK_MS);
  });

  it("tells how long the tasks of such a start are on a phone", async () => {
    const stage = await setStage(browser());
    const options = { pageViews: true, flushAt: 5_000, flushIntervalMs: 60_000 };
    const page = await stage.open({ options });
    const { taskTimes } = page.page;
    if (!taskTimes) return;
    /** Nobody asks the page for anything meanwhile: that would be a task, too. */
    const tasksOfStart = async (what: string) => {
      const before = stage.api.requests.length;
      const times = await taskTimes(async () => {
        await page.page.goto(stage.site.address(stage.plan({ options })));
        await eventually("it has sent", () => stage.api.requests.length > before);
      });
      record(SCENARIO, engine, `tasks of a start with ${what}, ms on a phone`, longest(times));
    };
    await tasksOfStart("nothing waiting");
    await standing(page.page);
    stage.api.setDefault({ kind: "status", status: 503 });
    for (let n = 0; n < WAITING_AT_START; n += 100) await page.track("backlog", n, 100);
    const before = stage.api.requests.length;
    await page.leave();
    await eventually("what it sends as it goes is heard", () => stage.api.requests.length > before);
    for (let start = 0; start < STARTS; start++) {
      await tasksOfStart(`1,000 waiting, ${start + 1}`);
      await page.leave();
    }
  });
});

const longest = (times: readonly number[]) =>
  Object.fromEntries(
    times
      .toSorted((a, b) => b - a)
      .slice(0, TASKS_LISTED)
      .map((ms, at) => [`task ${at + 1}`, (ms * PHONE).toFixed(1)]),
  );

/** What the engine itself needs to start the page. */
async function startsWithout(stage: Stage): Promise<number[]> {
  const blocks: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    const page = await stage.open();
    await page.track("usual", start, 1);
    await page.call("flush");
    blocks.push((await page.report()).longestBlockMs);
    await page.close();
  }
  return blocks;
}

/** Opens a page on the backlog; its report once a request has carried the front of it and was answered. */
async function startWithBacklog(stage: Stage): Promise<PageReport> {
  const before = stage.api.requests.length;
  const whole = () => audit(stage.api, { backlog: WAITING_AT_START }).lost.length === 0;
  const page = await stage.open();
  await eventually("the backlog is sent", () => {
    const latest = stage.api.requests.slice(before);
    return latest.some(({ outcome }) => outcome === "refused") || whole();
  });
  await eventually("its answer is heard", async () => (await page.report()).underWay === 0);
  const report = await page.report();
  await page.close();
  return report;
}
