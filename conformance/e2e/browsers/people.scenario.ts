/**
 * Issue item 7: people who share a browser. No event and no push token of one person ever reaches the next, whether the
 * API answers at `reset()` or not, whether the app waits for `reset()` or not, and in every open tab.
 */

import type { StoredEvent } from "@whisperr/conformance/api";
import type { Engine } from "@whisperr/conformance-browsers";
import { expect, it } from "vitest";
import { eventually } from "../eventually.ts";
import { inEveryEngine } from "./engines.ts";
import { record } from "./figures.ts";
import { arrivesWhole } from "./judge/arrival.ts";
import { audit, complaints, type Tracked } from "./judge/audit.ts";
import { describeTraffic } from "./judge/traffic.ts";
import { type ShopPage, type Stage, setStage } from "./stage.ts";

const SCENARIO = "7. one person after another";
const ADA_TOKEN = "token-of-ada";

inEveryEngine(SCENARIO, (browser, engine) => {
  it.each([
    ["waits for reset()", "ok"],
    ["does not wait for reset()", "ok"],
    ["waits for reset(), slow API", "slow"],
    ["does not wait for reset(), API out of order", "broken"],
  ] as const)("known, then another: %s", async (variant, api) => {
    const stage = await setStage(browser());
    if (api === "slow") stage.api.setDefault({ kind: "delay", ms: 300 });
    if (api === "broken") stage.api.setDefault({ kind: "status", status: 503 });
    const page = await stage.open();
    await page.track("visitor", 0, 2, { who: "ada" });
    await page.call("identify", "ada", { email: "ada@example.com" });
    await page.call("setPushToken", ADA_TOKEN);
    await page.track("ada", 0, 3, { who: "ada" });
    await resetOn(page, variant.startsWith("waits"));
    await page.track("between", 0, 2, { who: "bob" });
    await page.call("identify", "bob", { email: "bob@example.com" });
    await page.track("bob", 0, 3, { who: "bob" });
    stage.api.setDefault(null);
    await page.begin("flush");
    // Whoever reloads now is still bob, and what waits of ada still hers.
    await page.reload();
    await page.track("bob", 3, 2, { who: "bob" });
    await page.begin("flush");
    await judge(stage, engine, variant, { visitor: 2, ada: 3, between: 2, bob: 5 });
  });

  it.each(["send", "hold"])(
    "a visitor, then somebody known, anonymous events: %s",
    async (anonymousEvents) => {
      const stage = await setStage(browser());
      const page = await stage.open({ options: { anonymousEvents } });
      await page.track("visitor", 0, 2, { who: "nobody" });
      await resetOn(page, false);
      await page.track("between", 0, 2, { who: "bob" });
      await page.call("identify", "bob", { email: "bob@example.com" });
      await page.track("bob", 0, 2, { who: "bob" });
      await page.begin("flush");
      const held: Tracked = { between: 2, bob: 2 };
      const tracked = anonymousEvents === "hold" ? held : { visitor: 2, ...held };
      await judge(stage, engine, `visitor, ${anonymousEvents}`, tracked);
    },
  );

  it("another tab was open when the person left", async () => {
    const stage = await setStage(browser());
    const first = await stage.open();
    await first.call("identify", "ada", { email: "ada@example.com" });
    await first.call("setPushToken", ADA_TOKEN);
    const second = await stage.open();
    await second.track("second tab of ada", 0, 2, { who: "ada" });
    await resetOn(first, false);
    // Tabs of other processes see what is stored a moment later, and no SDK can know before: a busy machine makes it longer.
    await eventually("the other tab sees that the person left", async () => !(await knows(second, "ada")));
    await second.track("second tab between", 0, 2, { who: "bob" });
    await first.call("identify", "bob", { email: "bob@example.com" });
    await second.track("second tab of bob", 0, 2, { who: "bob" });
    await first.track("bob", 0, 2, { who: "bob" });
    await Promise.all([first.begin("flush"), second.begin("flush")]);
    const tracked = { "second tab of ada": 2, "second tab between": 2, "second tab of bob": 2, bob: 2 };
    await judge(stage, engine, "two tabs", tracked);
  });
});

/** Is this who the storage, as the page sees it, says its user is? */
function knows({ page }: ShopPage, user: string): Promise<boolean> {
  return page.evaluate(
    (name: string) =>
      Object.entries(localStorage).some(([key, text]) => key.endsWith("id") && text.includes(`"${name}"`)),
    user,
  );
}

function resetOn(page: ShopPage, wait: boolean): Promise<unknown> {
  return wait ? page.call("reset") : page.begin("reset");
}

async function judge(stage: Stage, engine: Engine, variant: string, tracked: Tracked): Promise<void> {
  const { api } = stage;
  await arrivesWhole(api, tracked);
  const found = audit(api, tracked, stage.ends);
  const mistaken = api.store.events.filter((event) => !belongs(event)).map(describeEvent);
  const bob = api.store.users.get("bob");
  const ada = api.store.users.get("ada");
  const shared = bob?.anonymousIds.filter((id) => ada?.anonymousIds.includes(id)) ?? [];
  const tokens = bob?.channels.filter(({ address }) => address === ADA_TOKEN) ?? [];
  record(SCENARIO, engine, variant, {
    events: found.tracked,
    lost: found.lost.length,
    "under the wrong person": mistaken.length,
    "tokens that moved": tokens.length,
    "visitors claimed twice": shared.length,
  });
  expect(mistaken).toEqual([]);
  expect(tokens).toEqual([]);
  expect(shared).toEqual([]);
  expect(complaints(found), describeTraffic(api.requests)).toEqual([]);
}

/** Every event says whom it is meant for; "nobody" stays an unnamed visitor. */
function belongs({ properties, userId }: StoredEvent): boolean {
  return properties.who === "nobody" ? userId === undefined : userId === properties.who;
}

function describeEvent({ properties, userId, anonymousId }: StoredEvent): string {
  const { chain, n, who } = properties;
  return `${chain} ${n} of ${who} is stored under ${userId ?? `visitor ${anonymousId}`}`;
}
