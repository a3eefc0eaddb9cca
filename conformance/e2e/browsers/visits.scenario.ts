/**
 * Issue item 2: visits that track five events each and are left at once, half of them with a request in flight, while the
 * API takes 300 ms. A visitor walks through a few pages and closes the tab on the last one.
 */
import type { RecordedRequest } from "@whisperr/conformance/api";
import type { Browser, Engine } from "@whisperr/conformance-browsers";
import { expect, it } from "vitest";
import { eventually } from "../eventually.ts";
import { inEveryEngine } from "./engines.ts";
import { record } from "./figures.ts";
import { arrivesWhole } from "./judge/arrival.ts";
import { audit, complaints } from "./judge/audit.ts";
import { describeTraffic } from "./judge/traffic.ts";
import type { Walk } from "./site/plan.ts";
import { type Stage, setStage } from "./stage.ts";

const SCENARIO = "2. visits left at once";
const EVENTS_PER_VISIT = 5;
const API_LATENCY_MS = 300;
/** What was in flight as its page was left is left alone for 5 s; it may have taken a part of them to arrive. */
const LEASE_MS = 5_000;
const MIN_LEFT_ALONE_MS = LEASE_MS / 2;

/** The 200 visits in the quickest engine, and fewer in the others: 200 in all three do not fit into five minutes. */
const WALKS: Readonly<Record<Engine, number>> = { chromium: 20, firefox: 3, webkit: 3 };
const VISITS_PER_WALK = 10;

inEveryEngine(SCENARIO, (browser, engine) => {
  it("loses nothing, keeps the order, and leaves alone for a while what may be arriving", async () => {
    await visitAndLeave(browser(), engine, WALKS[engine]);
  });
});

async function visitAndLeave(browser: Browser, engine: Engine, walks: number): Promise<void> {
  const stage = await setStage(browser);
  stage.api.setDefault({ kind: "delay", ms: API_LATENCY_MS });
  // As apps have it: the lease follows from it.
  const options = { requestTimeoutMs: 10_000 };
  const visits = VISITS_PER_WALK;
  const tracked: Record<string, number> = {};
  const start = performance.now();
  for (let i = 0; i < walks; i++) {
    const chain = `walk ${i}`;
    await goForAWalk(stage, browser, { chain, visit: 0, visits, eventsPerVisit: EVENTS_PER_VISIT }, options);
    tracked[chain] = visits * EVENTS_PER_VISIT;
  }
  const visitMs = (performance.now() - start) / (walks * visits);

  const last = await stage.open({ options });
  const { leftInFlight } = await last.report();
  // A request that was in flight at the last exit must run out first; what is waiting then takes a few more.
  await arrivesWhole(stage.api, tracked);
  await eventually("the ledger is even", async () => (await last.report()).stats.pending === 0);

  const found = audit(stage.api, tracked, stage.ends);
  record(SCENARIO, engine, `walks of ${visits} pages`, {
    visits: walks * visits,
    "left in flight": leftInFlight,
    "ms per visit": Math.round(visitMs),
    events: found.tracked,
    lost: found.lost.length,
    "sent twice %": ((100 * found.sentTwice) / found.tracked).toFixed(1),
    "out of order": found.outOfOrder.length,
    changed: found.changed.length,
    overlapping: found.overlapping.length,
    requests: stage.api.requests.length,
  });
  // One request behind the other is how a page that goes sends.
  expect(complaints({ ...found, overlapping: [] }), describeTraffic(stage.api.requests)).toEqual([]);
  expect(hasty(stage.api.requests), describeTraffic(stage.api.requests)).toEqual([]);
}

/** Events that went again while their first request could still be under way. */
function hasty(requests: readonly RecordedRequest[]): string[] {
  const latest = new Map<string, number>();
  return requests.flatMap(({ events, receivedAtMs }) =>
    events.flatMap(({ context }) => {
      const id = String((context as { $message_id?: unknown }).$message_id);
      const beforeMs = latest.get(id) ?? Number.NEGATIVE_INFINITY;
      latest.set(id, receivedAtMs);
      return receivedAtMs - beforeMs < MIN_LEFT_ALONE_MS ? [id] : [];
    }),
  );
}

/** The pages go on by themselves; the tab is closed as soon as the last one has tracked. */
async function goForAWalk(
  stage: Stage,
  browser: Browser,
  walk: Walk,
  options: Record<string, unknown>,
): Promise<void> {
  const page = await browser.newPage(`${stage.site.url}/empty`);
  const address = stage.site.address(stage.plan({ walk, options }));
  // The answer may be lost to the navigation it asks for.
  await page.evaluate(`void location.assign(${JSON.stringify(address)})`).catch(() => {});
  await eventually("the last page of the walk", () => page.evaluate<boolean>('document.title === "arrived"'));
  await page.close();
}
