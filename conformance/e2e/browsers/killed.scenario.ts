/**
 * Issue item 4: Chromium's processes are killed a moment after `track()`, and its profile is started again. Nothing was
 * sent before: what arrives is what the storage kept. How much that is after how long goes into the figures; what the
 * durable copy held before the kill must be there after it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, launchBrowser } from "@whisperr/conformance-browsers";
import { describe, expect, it, onTestFinished } from "vitest";
import { eventually } from "../eventually.ts";
import { enginesOnly } from "./engines.ts";
import { record } from "./figures.ts";
import { arrivesWhole } from "./judge/arrival.ts";
import { audit, complaints } from "./judge/audit.ts";
import { type ShopPage, type Stage, setStage } from "./stage.ts";

const SCENARIO = "4. browser killed";
const EVENTS = 10;
const DELAYS_MS = [0, 50, 500];
/** What may be lost is waited for this long: a recovered queue is sent at once. */
const UNCERTAIN_MS = 2_000;
/** An event every so often, for this long, before the kill that shows how much the storage lags. */
const TRACK_EVERY_MS = 5;
const TRACKING_MS = 1_000;

enginesOnly(["chromium"], SCENARIO, () => {
  describe.each(["localStorage", "durable"])("with persistence %s", (persistence) => {
    const options = { persistence, flushAt: 5_000, flushIntervalMs: 60_000 };

    it.each(DELAYS_MS)("killed %i ms after track()", async (delayMs) => {
      const { stage, browser, restart } = await stageWithProfile();
      const page = await stage.open({ options });
      const trackedAtMs = await page.track("killed", 0, EVENTS);
      const waitMs = delayMs - (Date.now() - trackedAtMs);
      const killedAtMs = waitMs > 0 ? await killIn(browser, waitMs) : killNow(browser);
      await browser.kill();
      await restart();
      await stage.open({ options: { persistence } });
      const tracked = { killed: EVENTS };
      await arrivesWhole(stage.api, tracked, UNCERTAIN_MS);
      const found = audit(stage.api, tracked);
      record(SCENARIO, "chromium", `${persistence}, ${delayMs} ms after`, {
        "killed after ms": killedAtMs - trackedAtMs,
        tracked: EVENTS,
        arrived: found.stored,
      });
      expect(complaints({ ...found, lost: [] })).toEqual([]);
    });

    it("killed while it tracks", async () => {
      const { stage, browser, restart } = await stageWithProfile();
      const page = await stage.open({ options });
      await page.ask({ do: "keepTracking", chain: "killed", everyMs: TRACK_EVERY_MS });
      await trackedFor(page, TRACKING_MS);
      const safe = persistence === "durable" ? await copied(page) : 0;
      const killedAtMs = killNow(browser);
      await browser.kill();
      await restart();
      await stage.open({ options: { persistence } });
      await eventually("what was copied arrives", () => stage.api.store.events.length >= safe);
      const youngestMs = await ageOfYoungest(stage, killedAtMs);
      record(SCENARIO, "chromium", `${persistence}, while tracking`, {
        arrived: stage.api.store.events.length,
        "ms lost before the kill": youngestMs,
      });
      const found = audit(stage.api, { killed: stage.api.store.events.length });
      expect(complaints(found)).toEqual([]);
    });
  });

  it("killed once the durable copy is written: everything arrives", async () => {
    const { stage, browser, restart } = await stageWithProfile();
    const options = { persistence: "durable", flushAtStart: false, flushAt: 5_000, flushIntervalMs: 60_000 };
    const page = await stage.open({ options });
    await page.track("killed", 0, EVENTS);
    await eventually("the copy is written", async () => (await copied(page)) === EVENTS);
    killNow(browser);
    await browser.kill();
    await restart();
    await stage.open({ options: { persistence: "durable" } });
    const tracked = { killed: EVENTS };
    await arrivesWhole(stage.api, tracked);
    expect(complaints(audit(stage.api, tracked))).toEqual([]);
  });
});

/** A browser with a profile of its own; `restart` moves the stage to another browser with the same profile. */
async function stageWithProfile(): Promise<{ stage: Stage; browser: Browser; restart(): Promise<void> }> {
  const profileDir = mkdtempSync(join(tmpdir(), "whisperr-killed-"));
  const launched: Browser[] = [];
  const launch = async () => {
    const browser = await launchBrowser("chromium", { profileDir });
    launched.push(browser);
    return browser;
  };
  onTestFinished(async () => {
    await Promise.all(launched.map((browser) => browser.close().catch(() => {})));
    rmSync(profileDir, { recursive: true, force: true });
  });
  const browser = await launch();
  const stage = await setStage(browser);
  return { stage, browser, restart: async () => stage.moveTo(await launch()) };
}

/** The browser's own process first, which holds the storage: finding its children takes a busy machine a while. */
function killNow({ pid }: Browser): number {
  const nowMs = Date.now();
  process.kill(pid, "SIGKILL");
  return nowMs;
}

/** The delay is what the experiment varies: this waits for nothing else. */
function killIn(browser: Browser, delayMs: number): Promise<number> {
  return new Promise((resolve) => setTimeout(() => resolve(killNow(browser)), delayMs));
}

/** How many records of the queue the copies of this origin hold. */
const COPIED = `(async () => {
  const answer = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  let count = 0;
  for (const { name } of await indexedDB.databases()) {
    const database = await answer(indexedDB.open(name));
    const keys = await answer(database.transaction("records").objectStore("records").getAllKeys());
    count += keys.filter((key) => /(^|[.])q[.]/.test(key)).length;
    database.close();
  }
  return count;
})()`;

const copied = ({ page }: ShopPage): Promise<number> => page.evaluate<number>(COPIED);

async function trackedFor(page: ShopPage, ms: number): Promise<void> {
  const start = performance.now();
  await eventually("events tracked for a while", async () => {
    const { stats } = await page.report();
    return stats.accepted > 0 && performance.now() - start >= ms;
  });
}

/** How long before the kill the youngest event was tracked that still arrived; the whole time when none did. */
async function ageOfYoungest(stage: Stage, killedAtMs: number): Promise<number> {
  let stored = -1;
  // Arrived is what arrives until nothing more does: a whole flush interval without another event.
  await eventually("nothing more arrives", async () => {
    const before = stage.api.store.events.length;
    await stage.api.waitForRequests(stage.api.requests.length + 1, 2_500).catch(() => {});
    stored = stage.api.store.events.length;
    return stored === before;
  });
  const ages = stage.api.store.events.map(({ properties }) => killedAtMs - Number(properties.atMs));
  return stored === 0 ? TRACKING_MS : Math.min(...ages);
}
