/**
 * What a call of `track()` asks of the storage does not depend on what is waiting, and a page that starts with 1,000
 * waiting delivers them, in order. How long both take is the benchmark's (`bench/cost.bench.ts`).
 */
import { expect, it } from "vitest";
import { inEveryEngine } from "./engines.ts";
import { record } from "./figures.ts";
import { arrivesWhole } from "./judge/arrival.ts";
import { audit, complaints } from "./judge/audit.ts";
import type { StorageUse } from "./site/plan.ts";
import { setStage } from "./stage.ts";

const SCENARIO = "8. cost of track()";
const LEVELS = [0, 100, 900];
const CALLS = 50;
/** Numbers in records grow by a digit or two; a queue that is written anew grows by all that waits. */
const MAX_CHARACTERS_RATIO = 1.1;
const WAITING_AT_START = 1_000;
/** Browsers connect to no such port. */
const NOWHERE = "http://127.0.0.1:1";

inEveryEngine(SCENARIO, (browser, engine) => {
  it("asks the storage for as much whatever is waiting", async () => {
    const stage = await setStage(browser());
    const options = { flushAt: 5_000, flushIntervalMs: 0, maxQueueSize: 1_000 };
    const page = await stage.open({ options });
    const uses: StorageUse[] = [];
    // The first calls make the visitor, and begin the session.
    for (const waiting of [0, ...LEVELS]) {
      uses.push(await page.ask<StorageUse>({ do: "countStorage", waiting, calls: CALLS }));
    }
    const [, empty = { calls: 0, characters: 0 }, ...others] = uses;
    record(SCENARIO, engine, "per call", {
      "storage calls": (empty.calls / CALLS).toFixed(2),
      "characters written": (empty.characters / CALLS).toFixed(0),
    });
    expect(empty.calls).toBeGreaterThan(0);
    for (const { calls, characters } of others) {
      expect(calls).toBe(empty.calls);
      expect(characters / empty.characters).toBeLessThan(MAX_CHARACTERS_RATIO);
    }
  });

  it("delivers 1,000 that wait when a page starts, once and in order", async () => {
    const stage = await setStage(browser());
    // What leaves as the page goes must not arrive: it may do so in any order.
    const page = await stage.open({ options: { baseUrl: NOWHERE, flushAt: 5_000, flushIntervalMs: 60_000 } });
    for (let n = 0; n < WAITING_AT_START; n += 100) await page.track("backlog", n, 100);
    await page.close();
    await stage.open();
    const tracked = { backlog: WAITING_AT_START };
    await arrivesWhole(stage.api, tracked);
    expect(complaints(audit(stage.api, tracked, stage.ends))).toEqual([]);
  });
});
