/** `@whisperr/browser/vue` and `/svelte` in real apps, built by Vite: clicks, server rendering and hydration. */

import type { Page } from "@whisperr/conformance-browsers";
import { expect, it } from "vitest";
import { inEveryEngine } from "../browsers/engines.ts";
import { bundleForPage, type Framework, renderOnServer } from "./bundle-framework-app.ts";
import { buyOnce, ONE_PURCHASE, openShop } from "./open-shop.ts";
import { complaints, type PageStage, setPageStage } from "./stage.ts";

/** Built once for all engines. */
const built = new Map<Framework, Promise<string>>();

function bundled(framework: Framework): Promise<string> {
  const building = built.get(framework) ?? bundleForPage(framework);
  built.set(framework, building);
  return building;
}

async function openApp(stage: PageStage, framework: Framework, own: boolean, markup?: string): Promise<Page> {
  return openShop(stage, await bundled(framework), own, markup);
}

/** Clicks and unmounts; then what the API got. */
async function use(stage: PageStage, page: Page): Promise<string[]> {
  await buyOnce(page);
  await page.evaluate("void leave()");
  await page.evaluate("whisperr.track('still_there')");
  await page.evaluate("whisperr.flush()");
  expect(await complaints(page)).toEqual([]);
  return (await stage.events(4)).map(({ eventType }) => eventType);
}

inEveryEngine("frameworks", (browser, engine) => {
  const frameworks: readonly Framework[] = ["svelte", "vue"];

  it.each(frameworks)("%s has one client, which outlives its components", async (framework) => {
    const stage = await setPageStage(browser());
    expect(await use(stage, await openApp(stage, framework, false))).toEqual(ONE_PURCHASE);
  });

  // What a server renders does not differ between engines.
  if (engine !== "chromium") return;

  it.each(frameworks)("%s takes a client that the app made", async (framework) => {
    const stage = await setPageStage(browser());
    expect(await use(stage, await openApp(stage, framework, true))).toEqual(ONE_PURCHASE);
  });

  it.each(frameworks)("%s renders on a server, and hydrates without a difference", async (framework) => {
    const stage = await setPageStage(browser());
    const markup = await renderOnServer(framework, { apiKey: "wrk_test", baseUrl: stage.api.url });
    expect(markup).toMatch(/<button type="button">Bought 0<\/button>/);
    expect(stage.api.requests).toEqual([]);
    expect(await use(stage, await openApp(stage, framework, false, markup))).toEqual(ONE_PURCHASE);
  });
});
