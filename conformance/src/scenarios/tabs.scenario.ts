/**
 * Issue item 5: five tabs of one profile track 50 events each, and are reloaded and closed at random; one renderer
 * crashes. The seed is printed with the figures; SCENARIO_SEED replays it.
 */
import { expect, it } from "vitest";
import { inEveryEngine } from "./engines.ts";
import { eventually } from "./eventually.ts";
import { arrivesWhole } from "./judge/arrival.ts";
import { audit, complaints } from "./judge/audit.ts";
import { unexplainedRepeats } from "./judge/repeats.ts";
import { type Random, seededRandom } from "./random.ts";
import { record } from "./report/figures.ts";
import { type ShopPage, type Stage, setStage } from "./stage.ts";

const SCENARIO = "5. five tabs";
const TABS = 5;
const EVENTS_PER_TAB = 50;
const MAX_BURST = 8;
const CRASHING_TAB = 2;

interface Walkabout {
  stage: Stage;
  random: Random;
  /** When each page was told to go, by its address. */
  endedAtMs: Map<string, number>;
  counts: { reloads: number; closes: number; crashes: number };
}

inEveryEngine(SCENARIO, (browser, engine) => {
  it("loses nothing and sends nothing twice that a lost answer does not explain", async () => {
    const seed = Number(process.env.SCENARIO_SEED ?? Math.floor(Math.random() * 1e9));
    const stage = await setStage(browser());
    stage.api.setDefault({ kind: "delay", ms: 50 });
    const counts = { reloads: 0, closes: 0, crashes: 0 };
    const walkabout = { stage, endedAtMs: new Map<string, number>(), counts };
    const tabs = Array.from({ length: TABS }, (_, tab) => {
      return useTab({ ...walkabout, random: seededRandom(seed + tab) }, tab);
    });
    await Promise.all(tabs);

    const survivor = await stage.open({ options: { flushAt: 5 } });
    const tracked = Object.fromEntries(tabs.map((_, tab) => [`tab ${tab}`, EVENTS_PER_TAB]));
    await arrivesWhole(stage.api, tracked, 30_000);
    await eventually("the ledger is even", 10_000, async () => (await survivor.report()).stats.pending === 0);

    const found = audit(stage.api, tracked);
    const repeats = unexplainedRepeats(stage.api.requests, walkabout.endedAtMs);
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
    expect([...complaints(found), ...repeats], `SCENARIO_SEED=${seed}`).toEqual([]);
  });
});

/** One visitor's tab, through reloads and closings, until its 50 events are tracked. Its last page is left open or closed. */
async function useTab(walkabout: Walkabout, tab: number): Promise<void> {
  const { stage, random } = walkabout;
  const open = () => stage.open({ options: { flushAt: 5 } });
  let page: ShopPage | undefined = await open();
  for (let n = 0; n < EVENTS_PER_TAB; ) {
    page ??= await open();
    const burst = Math.min(1 + random.below(MAX_BURST), EVENTS_PER_TAB - n);
    await page.track(`tab ${tab}`, n, burst);
    n += burst;
    const crashes = tab === CRASHING_TAB && walkabout.counts.crashes === 0 && n > EVENTS_PER_TAB / 2;
    page = await (crashes && page.page.crash ? crash(walkabout, page) : doSomething(walkabout, page));
  }
  if (page && random.below(2) === 0) await end(walkabout, page, () => page?.close());
}

async function doSomething(walkabout: Walkabout, page: ShopPage): Promise<ShopPage | undefined> {
  const choice = walkabout.random.below(10);
  if (choice < 3) {
    walkabout.counts.reloads++;
    await end(walkabout, page, () => page.reload());
    return page;
  }
  if (choice < 5) {
    walkabout.counts.closes++;
    await end(walkabout, page, () => page.close());
    return undefined;
  }
  return page;
}

async function crash(walkabout: Walkabout, page: ShopPage): Promise<undefined> {
  walkabout.counts.crashes++;
  await end(walkabout, page, () => page.page.crash?.());
  return undefined;
}

async function end(walkabout: Walkabout, page: ShopPage, ending: () => Promise<void> | undefined): Promise<void> {
  walkabout.endedAtMs.set(await page.address(), Date.now());
  await ending();
}
