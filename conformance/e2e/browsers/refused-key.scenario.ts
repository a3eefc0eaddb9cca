/**
 * Issue item 9: the API answers 401. However much is tracked meanwhile, and across a reload, the client asks once per
 * flush interval; once the key is taken again everything is delivered, the identify included and first.
 */
import { expect, it } from "vitest";
import { eventually } from "../eventually.ts";
import { inEveryEngine } from "./engines.ts";
import { record } from "./figures.ts";
import { arrivesWhole } from "./judge/arrival.ts";
import { audit, complaints } from "./judge/audit.ts";
import { type ShopPage, type Stage, setStage } from "./stage.ts";

const SCENARIO = "9. refused key";
const FLUSH_INTERVAL_MS = 500;
const INTERVALS = 5;
/** From one answer to the next attempt. Clocks and timers of engines are a few ms apart. */
const MIN_GAP_MS = FLUSH_INTERVAL_MS - 20;

inEveryEngine(SCENARIO, (browser, engine) => {
  it("does not hammer, and recovers", async () => {
    const stage = await setStage(browser());
    stage.api.setDefault({ kind: "status", status: 401 });
    const options = { flushIntervalMs: FLUSH_INTERVAL_MS, flushAt: 2 };
    const page = await stage.open({ options });
    await page.call("identify", "ada", { email: "ada@example.com" });
    const before = await trackWhileRefused(stage, page, 0);
    const gaps = gapsBetween(stage);
    const attempts = stage.api.requests.length;
    await page.reload();
    const count = await trackWhileRefused(stage, page, before);
    const afterReload = stage.api.requests.length - attempts;
    stage.api.setDefault(null);
    await arrivesWhole(stage.api, { refused: count });
    const found = audit(stage.api, { refused: count }, stage.ends);
    record(SCENARIO, engine, `interval ${FLUSH_INTERVAL_MS} ms`, {
      events: count,
      lost: found.lost.length,
      attempts,
      "attempts after a reload": afterReload,
      "shortest gap ms": Math.round(Math.min(...gaps)),
    });
    expect(complaints(found)).toEqual([]);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(MIN_GAP_MS);
    expect(stage.api.store.users.get("ada")).toMatchObject({
      identifies: 1,
      channels: [{ channel: "email" }],
    });
    expect(stage.api.requests.find(({ status }) => status === 202)?.path).toBe("/v1/identify");
    expect(new Set(stage.api.store.events.map(({ userId }) => userId))).toEqual(new Set(["ada"]));
  });
});

/** Tracks without a pause until the API has refused a few more times; answers where the numbering has got to. */
async function trackWhileRefused(stage: Stage, page: ShopPage, from: number): Promise<number> {
  const enough = stage.api.requests.length + INTERVALS;
  let n = from;
  await eventually("attempts while refused", async () => {
    await page.track("refused", n, 1);
    n++;
    return stage.api.requests.length >= enough;
  });
  return n;
}

function gapsBetween({ api }: Stage): number[] {
  return api.requests
    .slice(1)
    .map((request, i) => request.receivedAtMs - (api.requests[i]?.answeredAtMs ?? 0));
}
