/**
 * Visits of 0.4 to 0.7 s with five events each, while the API takes 300 ms: half of them end by a link, with a request in
 * flight, and half with their tab. Once more where each request has to ask first, which takes as long again. SCENARIO_VISITS is another number of them; whoever wants to see a busy machine keeps it busy.
 */

import { setTimeout as pause } from "node:timers/promises";
import type { Browser, Engine } from "@whisperr/conformance-browsers";
import { type SeededRandom, seededRandom } from "@whisperr/conformance-simulation/seeded-random";
import { expect, it } from "vitest";
import { eventually } from "../eventually.ts";
import { inEveryEngine } from "./engines.ts";
import { record } from "./figures.ts";
import { arrivesWhole } from "./judge/arrival.ts";
import { audit, complaints } from "./judge/audit.ts";
import { describeTraffic } from "./judge/traffic.ts";
import { type ShopPage, type Stage, setStage, standing } from "./stage.ts";

const SCENARIO = "2. hurried visits";
const API_LATENCY_MS = 300;
const EVENTS_AT_FIRST = 3;
const EVENTS_AT_LAST = 2;
const EVENTS_PER_VISIT = EVENTS_AT_FIRST + EVENTS_AT_LAST;
const VISITS: Readonly<Record<Engine, number>> = { chromium: 60, firefox: 40, webkit: 40 };
const VISITS_THAT_ASK_FIRST = 30;

inEveryEngine(SCENARIO, (browser, engine) => {
  it("lose nothing, and keep the order", async () => {
    await hurry(browser(), engine, Number(process.env.SCENARIO_VISITS ?? VISITS[engine]));
  });

  it("lose nothing, and keep the order, where no preflight is remembered", async () => {
    await hurry(
      browser(),
      engine,
      Number(process.env.SCENARIO_VISITS ?? VISITS_THAT_ASK_FIRST),
      API_LATENCY_MS,
    );
  });
});

async function hurry(
  browser: Browser,
  engine: Engine,
  visits: number,
  preflightDelayMs?: number,
): Promise<void> {
  const stage = await setStage(browser, preflightDelayMs === undefined ? {} : { preflightDelayMs });
  stage.api.setDefault({ kind: "delay", ms: API_LATENCY_MS });
  const options = { requestTimeoutMs: 10_000 };
  const random = seededRandom(1);
  const tracked: Record<string, number> = {};
  let page: ShopPage | undefined;
  const start = performance.now();
  for (let visit = 0; visit < visits; visit++) {
    if (page) await goOn(stage, page, options);
    page ??= await stage.open({ options });
    tracked[`visit ${visit}`] = EVENTS_PER_VISIT;
    page = await stay(page, visit, random);
  }
  const visitMs = (performance.now() - start) / visits;

  const last = await stage.open({ options });
  await arrivesWhole(stage.api, tracked);
  await eventually("the ledger is even", async () => (await last.report()).stats.pending === 0);
  const found = audit(stage.api, tracked, stage.ends);
  const variant = preflightDelayMs === undefined ? "" : ", no preflight remembered";
  record(SCENARIO, engine, `${visits} visits${variant}`, {
    "ms per visit": Math.round(visitMs),
    events: found.tracked,
    lost: found.lost.length,
    "sent twice %": ((100 * found.sentTwice) / found.tracked).toFixed(1),
    requests: stage.api.requests.length,
    preflights: stage.api.preflights.length,
  });
  // How much is sent twice is a figure of the table and no verdict: one request whose answer a busy machine brings too late is most of it.
  // One request behind the other is how a page that goes sends.
  const { overlapping: _, ...rest } = found;
  const traffic = describeTraffic(stage.api.requests);
  expect(complaints({ ...rest, overlapping: [] }), traffic).toEqual([]);
}

/** By a link: the tab stays. */
async function goOn(stage: Stage, { page }: ShopPage, options: Record<string, unknown>): Promise<void> {
  await page.goto(stage.site.address(stage.plan({ options })));
  await standing(page);
}

/** One visit. Undefined: it ended with its tab. */
async function stay(page: ShopPage, visit: number, random: SeededRandom): Promise<ShopPage | undefined> {
  const chain = `visit ${visit}`;
  await page.track(chain, 0, EVENTS_AT_FIRST);
  await pause(random.between(400, 700));
  await page.track(chain, EVENTS_AT_FIRST, EVENTS_AT_LAST);
  if (visit % 2 === 0) {
    await page.begin("flush");
    return page;
  }
  await page.close();
  return undefined;
}
