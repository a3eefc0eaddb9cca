/**
 * Issue item 3: a page tracks and is left while the API does not answer as it should, or cannot be reached. After one
 * later visit everything has arrived, in order, with the ids and moments it had.
 */

import type { Fault } from "@whisperr/conformance/api";
import type { Browser, Engine, Page } from "@whisperr/conformance-browsers";
import { expect, it } from "vitest";
import { eventually } from "../eventually.ts";
import { inEveryEngine } from "./engines.ts";
import { record } from "./figures.ts";
import { arrivesWhole } from "./judge/arrival.ts";
import { audit, complaints } from "./judge/audit.ts";
import { describeTraffic } from "./judge/traffic.ts";
import { type ShopPage, type Stage, setStage } from "./stage.ts";

const SCENARIO = "3. left while the API fails";

/** Enough that a request begins before the page is left. */
const EVENTS = 25;
const KIBIBYTE = 1024;

const FAULTS: Record<string, Fault> = {
  "503": { kind: "status", status: 503 },
  hangs: { kind: "hang" },
  "loses its answer": { kind: "accept-and-lose-answer" },
  "answers half": { kind: "accept-and-lose-answer", answer: "stall" },
  resets: { kind: "reset", when: "before" },
};

inEveryEngine(SCENARIO, (browser, engine) => {
  it.each(Object.entries(FAULTS))("the API %s", async (variant, fault) => {
    const stage = await setStage(browser());
    stage.api.setDefault(fault);
    const page = await stage.open();
    await page.track("exit", 0, EVENTS);
    await page.close();
    stage.api.setDefault(null);
    await settleOnLaterVisit(stage, engine, variant, EVENTS);
  });

  it("the API is down", async () => {
    const stage = await setStage(browser());
    await stage.takeDown();
    const page = await stage.open();
    await page.track("exit", 0, EVENTS);
    await page.close();
    await stage.bringUp();
    await settleOnLaterVisit(stage, engine, "is down", EVENTS);
  });

  it("200 KiB are waiting when the page is left for another", async () => {
    await leaveWithMuch(browser(), await setStage(browser()), engine, "200 KiB, left", (page) =>
      page.leave(),
    );
  });

  it("200 KiB are waiting when the tab is closed", async () => {
    await leaveWithMuch(browser(), await setStage(browser()), engine, "200 KiB, closed", (page) =>
      page.close(),
    );
  });

  it("the page is offline", (context) => leaveOffline(browser(), engine, context.skip));
});

async function leaveWithMuch(
  browser: Browser,
  stage: Stage,
  engine: Engine,
  variant: string,
  leave: (page: ShopPage) => Promise<void>,
): Promise<void> {
  stage.api.setDefault({ kind: "delay", ms: 300 });
  // Opened first: a page that another covers is hidden, and sends.
  const witness = await browser.newPage(`${stage.site.url}/empty`);
  // Nothing may go out before the exit: all of it is waiting then.
  const page = await stage.open({ options: { flushAt: 1_000, flushIntervalMs: 60_000 } });
  const count = 200;
  await page.track("exit", 0, count, { bytes: KIBIBYTE });
  await untilStored(witness, count);
  await leave(page);
  stage.api.setDefault(null);
  await settleOnLaterVisit(stage, engine, variant, count);
}

/**
 * Storage reaches the browser's other processes a little later, and a busy machine may end a tab before that: what is
 * lost so is the subject of the scenario of killed browsers.
 */
async function untilStored(witness: Page, count: number): Promise<void> {
  const stored = "Object.keys(localStorage).filter((key) => /^wr1[.].*[.]?q[.]/.test(key)).length";
  await eventually("everything is stored", async () => (await witness.evaluate<number>(stored)) >= count);
  await witness.close();
}

async function leaveOffline(browser: Browser, engine: Engine, skip: (note: string) => void): Promise<void> {
  const stage = await setStage(browser);
  const page = await stage.open();
  if (!page.page.setOffline) {
    record(SCENARIO, engine, "offline", { "not run": "this engine's remote control cannot cut the network" });
    skip("not run: this engine's remote control cannot cut the network");
    return;
  }
  await page.page.setOffline(true);
  await page.track("exit", 0, EVENTS);
  await page.close();
  await settleOnLaterVisit(stage, engine, "offline", EVENTS);
}

async function settleOnLaterVisit(
  stage: Stage,
  engine: Engine,
  variant: string,
  count: number,
): Promise<void> {
  const atExit = stage.api.store.events.length;
  const start = performance.now();
  const later = await stage.open();
  const tracked = { exit: count };
  await arrivesWhole(stage.api, tracked);
  const found = audit(stage.api, tracked, stage.ends);
  record(SCENARIO, engine, variant, {
    events: found.tracked,
    "stored before the later visit": atExit,
    lost: found.lost.length,
    "sent twice": found.sentTwice,
    "out of order": found.outOfOrder.length,
    changed: found.changed.length + found.shifted.length,
    "ms until all had arrived": Math.round(performance.now() - start),
    requests: stage.api.requests.length,
  });
  const report = await later.report();
  const traffic = `${describeTraffic(stage.api.requests)}\nthe later visit says ${JSON.stringify(report)}`;
  expect(complaints(found), traffic).toEqual([]);
  expect(report.pageErrors).toEqual([]);
}
