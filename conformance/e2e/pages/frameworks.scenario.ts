/** `@whisperr/browser/vue` and `/svelte` in real apps, built by Vite: clicks, server rendering and hydration. */

import type { Page } from "@whisperr/conformance-browsers";
import { expect, it } from "vitest";
import { inEveryEngine } from "../browsers/engines.ts";
import { bundleForPage, type Framework, renderOnServer } from "./bundle-framework-app.ts";
import { complaints, html, type PageStage, setPageStage, until } from "./stage.ts";

/** Built once for all engines. */
const built = new Map<Framework, Promise<string>>();

function bundled(framework: Framework): Promise<string> {
  const building = built.get(framework) ?? bundleForPage(framework);
  built.set(framework, building);
  return building;
}

async function openApp(stage: PageStage, framework: Framework, own: boolean, markup = ""): Promise<Page> {
  stage.site.put("/app.js", { body: await bundled(framework) });
  const plan = `<script>globalThis.plan = { options: ${stage.options()}, own: ${own} };</script>`;
  const root = `<div id="root">${markup}</div><script type="module" src="/app.js"></script>`;
  stage.site.put("/app", { body: html(plan, root) });
  const page = await stage.open("/app");
  await until(page, "globalThis.whisperr && document.querySelector('button')");
  return page;
}

/** Clicks and unmounts; then what the API got. */
async function use(stage: PageStage, page: Page): Promise<string[]> {
  await until(page, "whisperr.stats().accepted >= 2");
  await page.evaluate("document.querySelector('button').click()");
  await until(page, "document.querySelector('button').textContent === 'Bought 1'");
  await page.evaluate("void leave()");
  await page.evaluate("whisperr.track('still_there')");
  await page.evaluate("whisperr.flush()");
  expect(await complaints(page)).toEqual([]);
  return (await stage.events(4)).map(({ eventType }) => eventType);
}

const EXPECTED = ["page_viewed", "shop_opened", "bought", "still_there"];

inEveryEngine("frameworks", (browser, engine) => {
  const frameworks: readonly Framework[] = ["svelte", "vue"];

  it.each(frameworks)("%s has one client, which outlives its components", async (framework) => {
    const stage = await setPageStage(browser());
    expect(await use(stage, await openApp(stage, framework, false))).toEqual(EXPECTED);
  });

  // What a server renders does not differ between engines.
  if (engine !== "chromium") return;

  it.each(frameworks)("%s takes a client that the app made", async (framework) => {
    const stage = await setPageStage(browser());
    expect(await use(stage, await openApp(stage, framework, true))).toEqual(EXPECTED);
  });

  it.each(frameworks)("%s renders on a server, and hydrates without a difference", async (framework) => {
    const stage = await setPageStage(browser());
    const markup = await renderOnServer(framework, { apiKey: "wrk_test", baseUrl: stage.api.url });
    expect(markup).toMatch(/<button type="button">Bought 0<\/button>/);
    expect(stage.api.requests).toEqual([]);
    expect(await use(stage, await openApp(stage, framework, false, markup))).toEqual(EXPECTED);
  });
});
