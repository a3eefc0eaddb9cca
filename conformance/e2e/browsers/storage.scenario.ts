/**
 * Issue item 6: storage that is full, denied or holds what nobody can read. New events are delivered, nothing throws, what
 * is readable is kept, and the trouble is reported once.
 */

import type { Browser, Engine } from "@whisperr/conformance-browsers";
import { expect, it } from "vitest";
import { eventually } from "../eventually.ts";
import { inEveryEngine } from "./engines.ts";
import { record } from "./figures.ts";
import { audit, complaints, type Tracked } from "./judge/audit.ts";
import type { PageReport, Plan } from "./site/plan.ts";
import type { PageHeaders } from "./site/start-site.ts";
import { type ShopPage, type Stage, setStage } from "./stage.ts";
import { CORRUPTIONS, type Corruption, corruptEvent, corruptEverything } from "./storage-corruption.ts";

const SCENARIO = "6. storage full, denied, corrupt";
const EARLIER = 5;
const LATER = 5;

/** From the start on; the sandbox is the engine's own denial, the getters that throw are ours. */
const PLIGHTS: [name: string, plan: Partial<Plan>, headers?: PageHeaders][] = [
  ["full before the start", { storage: "full" }],
  ["getters throw", { storage: "denied" }],
  ["denied by the engine", {}, "sandbox"],
];

inEveryEngine(SCENARIO, (browser, engine) => {
  it.each(PLIGHTS)("%s", async (variant, plan, headers) => {
    const stage = await setStage(browser());
    const page = await stage.open(plan, headers);
    await page.call("identify", "ada", { email: "ada@example.com" });
    await page.track("new", 0, LATER);
    await page.call("flush");
    const report = await settled(page);
    judge(stage, engine, variant, { new: LATER }, report, { trouble: "storage_failed" });
    expect(stage.api.store.users.get("ada")?.channels).toHaveLength(1);
  });

  it("full after the start", () => fillLater(browser(), engine));

  it.each(CORRUPTIONS)("every stored value is %s", (corruption) => corruptAll(browser(), engine, corruption));

  it("every second stored event is damaged", () => corruptSome(browser(), engine));
});

async function fillLater(browser: Browser, engine: Engine): Promise<void> {
  const stage = await setStage(browser);
  stage.api.setDefault({ kind: "status", status: 503 });
  const page = await stage.open();
  await page.track("kept", 0, EARLIER);
  await page.ask({ do: "fillStorage" });
  await page.track("kept", EARLIER, LATER);
  stage.api.setDefault(null);
  await page.call("flush");
  const report = await settled(page);
  judge(stage, engine, "full after the start", { kept: EARLIER + LATER }, report, {
    trouble: "storage_failed",
  });
}

async function corruptAll(browser: Browser, engine: Engine, corruption: Corruption): Promise<void> {
  const stage = await setStage(browser);
  const page = await leftBehind(stage, EARLIER);
  expect(await corruptEverything(page.page, corruption), "stored values").toBeGreaterThanOrEqual(EARLIER);
  await stage.bringUp();
  const later = await stage.open();
  await later.track("new", 0, LATER);
  await later.call("flush");
  const report = await settled(later);
  const variant = `everything is ${corruption}`;
  judge(stage, engine, variant, { new: LATER }, report, { trouble: "corrupt" });
}

/** Every second event's record is damaged, each in another way; the others come, in order. */
async function corruptSome(browser: Browser, engine: Engine): Promise<void> {
  const stage = await setStage(browser);
  const earlier = 2 * CORRUPTIONS.length;
  const page = await leftBehind(stage, earlier);
  for (const [i, corruption] of CORRUPTIONS.entries()) {
    expect(await corruptEvent(page.page, 2 * i, corruption), "records of this event").toBe(1);
  }
  await stage.bringUp();
  const later = await stage.open();
  await later.track("new", 0, LATER);
  await later.call("flush");
  const lost = CORRUPTIONS.map((_, i) => `earlier ${2 * i}`);
  await eventually("the others arrive", () => stage.api.store.events.length >= earlier - lost.length + LATER);
  const report = await settled(later);
  judge(stage, engine, "every second event is damaged", { earlier, new: LATER }, report, {
    trouble: "corrupt",
    lost,
  });
}

/** A page that tracked while the API was down, and left: its events are stored and nothing else is. */
async function leftBehind(stage: Stage, count: number): Promise<ShopPage> {
  await stage.takeDown();
  const page = await stage.open({ options: { requestTimeoutMs: 500 } });
  await page.track("earlier", 0, count);
  await page.leave();
  return page;
}

function settled(page: ShopPage): Promise<PageReport> {
  return eventually("nothing is pending", async () => {
    const report = await page.report();
    return report.stats.pending === 0 ? report : undefined;
  });
}

function judge(
  stage: Stage,
  engine: Engine,
  variant: string,
  tracked: Tracked,
  report: PageReport,
  expected: { trouble: string; lost?: string[] },
): void {
  // Of a page whose records were damaged some may be readable: those may come, and nothing else.
  const found = audit(stage.api, tracked.earlier === undefined ? { ...tracked, earlier: 0 } : tracked);
  const reasons = report.sdkErrors.map(({ reason }) => reason ?? "");
  record(SCENARIO, engine, variant, {
    events: found.tracked,
    lost: found.lost.length,
    "errors on the page": report.pageErrors.length,
    "reported by the SDK": reasons.join(", "),
  });
  expect(found.lost).toEqual(expected.lost ?? []);
  expect(complaints({ ...found, lost: [], surplus: [] })).toEqual([]);
  expect(report.pageErrors).toEqual([]);
  expect(reasons.filter((reason) => reason === expected.trouble).length, "reported once").toBeLessThanOrEqual(
    1,
  );
  const { accepted, delivered, dropped, pending } = report.stats;
  expect(accepted).toBe(delivered + Object.values(dropped).reduce((sum, n) => sum + n, 0) + pending);
}
