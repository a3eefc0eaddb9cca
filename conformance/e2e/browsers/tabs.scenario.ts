/**
 * Issue item 5: five tabs of one profile track 50 events each, and are reloaded and closed at random; one renderer
 * crashes. SCENARIO_SEED is another course of events; the seed is printed with the figures.
 */

import { type SeededRandom, seededRandom } from "@whisperr/conformance-simulation/seeded-random";
import { expect, it } from "vitest";
import { eventually } from "../eventually.ts";
import { inEveryEngine } from "./engines.ts";
import { record } from "./figures.ts";
import { arrivesWhole } from "./judge/arrival.ts";
import { audit, complaints } from "./judge/audit.ts";
import { type Heard, unexplainedRepeats } from "./judge/repeats.ts";
import { describeTraffic } from "./judge/traffic.ts";
import { type ShopPage, type Stage, setStage } from "./stage.ts";

const SCENARIO = "5. five tabs";
const SEED = 20_261_127;
const TABS = 5;
const EVENTS_PER_TAB = 50;
const MAX_BURST = 16;
const CRASHING_TAB = 2;

interface Walkabout {
  stage: Stage;
  random: SeededRandom;
  /** How many events each page load tracked: a chain of its own, for any tab may adopt what another left behind. */
  tracked: Record<string, number>;
  counts: { reloads: number; closes: number; crashes: number };
  heard: Heard;
}

inEveryEngine(SCENARIO, (browser, engine) => {
  it("loses nothing and sends nothing twice that a lost answer does not explain", async () => {
    const seed = Number(process.env.SCENARIO_SEED ?? SEED);
    const stage = await setStage(browser());
    stage.api.setDefault({ kind: "delay", ms: 50 });
    const tracked: Record<string, number> = {};
    const heard: Heard = new Map();
    const counts = { reloads: 0, closes: 0, crashes: 0 };
    const tabs = Array.from({ length: TABS }, (_, tab) =>
      useTab({ stage, tracked, counts, heard, random: seededRandom(seed + tab) }, tab),
    );
    await Promise.all(tabs);

    const survivor = await stage.open({ options: { flushAt: 5 } });
    await arrivesWhole(stage.api, tracked);
    await eventually("the ledger is even", async () => (await survivor.report()).stats.pending === 0);

    const found = audit(stage.api, tracked, stage.ends);
    const repeats = unexplainedRepeats(stage.api.requests, heard);
    record(SCENARIO, engine, `seed ${seed}`, {
      ...counts,
      events: found.tracked,
      lost: found.lost.length,
      "sent twice": found.sentTwice,
      unexplained: repeats.length,
      "out of order": found.outOfOrder.length,
      changed: found.changed.length,
      overlapping: found.overlapping.length,
      requests: stage.api.requests.length,
    });
    const traffic = `SCENARIO_SEED=${seed}\n${describeTraffic(stage.api.requests)}`;
    expect([...complaints(found), ...repeats], traffic).toEqual([]);
  });
});

/** One visitor's tab, through reloads and closings, until its 50 events are tracked. Its last page is left open or closed. */
async function useTab(walkabout: Walkabout, tab: number): Promise<void> {
  const { stage, random, tracked, counts, heard } = walkabout;
  let page: ShopPage | undefined;
  let load = 0;
  for (let left = EVENTS_PER_TAB; left > 0; ) {
    page ??= await stage.open({ options: { flushAt: 5 } });
    const chain = `tab ${tab} load ${load}`;
    const burst = Math.min(random.between(1, MAX_BURST), left);
    await page.track(chain, tracked[chain] ?? 0, burst);
    tracked[chain] = (tracked[chain] ?? 0) + burst;
    left -= burst;
    await listen(page, heard);
    const crashes = tab === CRASHING_TAB && counts.crashes === 0 && left < EVENTS_PER_TAB / 2;
    const next = await (crashes && page.crash ? crash(page, counts) : doSomething(page, walkabout));
    if (next.isNew) load++;
    page = next.page;
  }
  if (page && random.chance(0.5)) await page.close();
}

/** What a page has heard it takes along when it goes, so it is asked before. */
async function listen(page: ShopPage, heard: Heard): Promise<void> {
  const known = await page.ask<Record<string, number>>({ do: "heard" });
  for (const [id, sinceMs] of Object.entries(known))
    heard.set(id, Math.min(sinceMs, heard.get(id) ?? sinceMs));
}

interface Next {
  page: ShopPage | undefined;
  isNew: boolean;
}

async function doSomething(page: ShopPage, { random, counts }: Walkabout): Promise<Next> {
  const choice = random.between(0, 9);
  if (choice < 3) {
    counts.reloads++;
    await page.reload();
    return { page, isNew: true };
  }
  if (choice < 5) {
    counts.closes++;
    await page.close();
    return { page: undefined, isNew: true };
  }
  return { page, isNew: false };
}

async function crash(page: ShopPage, counts: Walkabout["counts"]): Promise<Next> {
  counts.crashes++;
  await page.crash?.();
  return { page: undefined, isNew: true };
}
