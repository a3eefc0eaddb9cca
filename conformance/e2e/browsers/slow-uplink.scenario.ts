/**
 * A visitor with much to send and a slow uplink, who goes on to the next page every second: nobody's bytes are for nothing.
 * SCENARIO_UPLINK is another link, in bytes a second: `50000` with `SCENARIO_EVENTS=1000` is the one of the issue, for which
 * SCENARIO_PAGES says how many pages are left, and SCENARIO_STAY_MS how soon.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Browser, Engine } from "@whisperr/conformance-browsers";
import { expect, it } from "vitest";
import { eventually } from "../eventually.ts";
import { inEveryEngine } from "./engines.ts";
import { record } from "./figures.ts";
import { arrivesWhole } from "./judge/arrival.ts";
import { audit, complaints } from "./judge/audit.ts";
import { describeTraffic } from "./judge/traffic.ts";
import { startSlowLink } from "./site/slow-link.ts";
import { setStage } from "./stage.ts";

const SCENARIO = "3. slow uplink";
const { SCENARIO_UPLINK, SCENARIO_EVENTS, SCENARIO_PAGES, SCENARIO_STAY_MS } = process.env;
const BYTES_PER_SECOND = Number(SCENARIO_UPLINK ?? 250_000);
const EVENTS = Number(SCENARIO_EVENTS ?? 400);
const PAGES = Number(SCENARIO_PAGES ?? 2);
const STAY_MS = Number(SCENARIO_STAY_MS ?? 1000);
const REQUEST_TIMEOUT_MS = SCENARIO_UPLINK === undefined ? 2000 : 10_000;
/** With the rest of the event, 1.3 kB. */
const BALLAST_BYTES = 1050;
/** As many again: two pages were left with a request in flight. */
const MOST_IN_VAIN = 1;
const WAIT_MS = 200_000;

inEveryEngine(SCENARIO, (browser, engine) => {
  it("is not kept busy with what ends with its page", () => visitOnSlowLink(browser(), engine));
});

async function visitOnSlowLink(browser: Browser, engine: Engine): Promise<void> {
  const stage = await setStage(browser);
  const link = await startSlowLink(stage.api.url, BYTES_PER_SECOND);
  const page = await stage.open({ options: { baseUrl: link.url, requestTimeoutMs: REQUEST_TIMEOUT_MS } });
  const start = performance.now();
  const tracked = { walk: EVENTS };
  await page.track("walk", 0, EVENTS, { bytes: BALLAST_BYTES });
  for (let left = 0; left < PAGES; left++) {
    await pause(STAY_MS);
    await page.reload();
  }
  await arrivesWhole(stage.api, tracked, WAIT_MS);
  const tookMs = performance.now() - start;
  await eventually("the ledger is even", async () => (await page.report()).stats.pending === 0);

  const found = audit(stage.api, tracked, stage.ends);
  const bytesNeeded = JSON.stringify(uniqueEvents(stage.api.requests)).length;
  const inVain = link.bytesUp() / bytesNeeded - 1;
  record(SCENARIO, engine, `${PAGES} pages left`, {
    "bytes a second": BYTES_PER_SECOND,
    events: EVENTS,
    lost: found.lost.length,
    "sent twice": found.sentTwice,
    uploads: stage.api.requests.length,
    preflights: stage.api.preflights.length,
    "cut short": link.cutShort(),
    "bytes in vain %": Math.round(100 * inVain),
    "time of the bytes": (tookMs / 1000 / (bytesNeeded / BYTES_PER_SECOND)).toFixed(2),
  });
  const { overlapping: _, ...rest } = found;
  const traffic = describeTraffic(stage.api.requests);
  expect(complaints({ ...rest, overlapping: [] }), traffic).toEqual([]);
  expect(inVain, traffic).toBeLessThan(MOST_IN_VAIN);
}

function uniqueEvents(requests: readonly { readonly events: readonly object[] }[]): object[] {
  const events = new Map<string, object>();
  for (const event of requests.flatMap((request) => request.events)) events.set(JSON.stringify(event), event);
  return [...events.values()];
}
