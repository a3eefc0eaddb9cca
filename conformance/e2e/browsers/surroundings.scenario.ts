/**
 * Issue item 10, the surroundings an app brings: a strict content security policy, an API that a content blocker keeps
 * away, the SDK set up twice, and rendering on a server. React has scenarios of its own.
 */
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { eventually } from "../eventually.ts";
import { inEveryEngine } from "./engines.ts";
import { record } from "./figures.ts";
import { arrivesWhole } from "./judge/arrival.ts";
import { audit, complaints } from "./judge/audit.ts";
import { SDK_FOLDER } from "./site/start-site.ts";
import { API_KEY, setStage } from "./stage.ts";

const SCENARIO = "10. surroundings";
const EVENTS = 5;

inEveryEngine(SCENARIO, (browser, engine) => {
  it("works under a strict content security policy", async () => {
    const stage = await setStage(browser());
    const page = await stage.open({}, "strict-csp");
    await page.track("strict", 0, EVENTS);
    await page.call("flush");
    await arrivesWhole(stage.api, { strict: EVENTS });
    const found = audit(stage.api, { strict: EVENTS });
    const { pageErrors } = await page.report();
    record(SCENARIO, engine, "strict policy", {
      events: EVENTS,
      lost: found.lost.length,
      errors: pageErrors.length,
    });
    expect(complaints(found)).toEqual([]);
    expect(pageErrors).toEqual([]);
  });

  it("breaks nothing while the API is blocked, and delivers when it is no longer", async () => {
    const stage = await setStage(browser());
    const page = await stage.open({}, "blocked-api");
    await page.track("blocked", 0, EVENTS);
    await page.begin("flush");
    const blocked = (error: string) => error.startsWith("policy:");
    await eventually("a blocked request", async () => (await page.report()).pageErrors.some(blocked));
    const { pageErrors, stats } = await page.report();
    expect(pageErrors.filter((error) => !blocked(error))).toEqual([]);
    expect(stats.pending).toBe(EVENTS);
    await page.close();
    await stage.open();
    await arrivesWhole(stage.api, { blocked: EVENTS });
    const found = audit(stage.api, { blocked: EVENTS });
    record(SCENARIO, engine, "API blocked", { events: EVENTS, lost: found.lost.length, errors: 0 });
    expect(complaints(found)).toEqual([]);
  });

  it("is one client however often it is set up", async () => {
    const stage = await setStage(browser());
    const page = await stage.open();
    expect(await page.ask({ do: "createAgain" })).toBe(3);
    await page.call("flush");
    const { stats, pageErrors } = await page.report();
    record(SCENARIO, engine, "set up four times", {
      events: 3,
      lost: 3 - stats.delivered,
      errors: pageErrors.length,
    });
    expect(stats).toMatchObject({ accepted: 3, delivered: 3, pending: 0 });
    expect(stage.api.store.events.map(({ eventType }) => eventType)).toEqual(Array(3).fill("created_again"));
    expect(stage.api.requests.filter(({ overlapping }) => overlapping)).toEqual([]);
  });
});

describe(`${SCENARIO}, rendering on a server`, () => {
  it("does nothing, and does not throw", async () => {
    const { createWhisperr } = await import(pathToFileURL(`${SDK_FOLDER}/index.js`).href);
    const client = createWhisperr({ apiKey: API_KEY });
    client.identify("ada", { email: "ada@example.com" });
    client.track("rendered", { on: "server" });
    client.page();
    client.setPushToken("token");
    client.optOut();
    client.optIn();
    expect(await client.flush()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
    await client.reset();
    await client.shutdown();
    expect(client.stats()).toMatchObject({ delivered: 0, pending: 0 });
  });
});
