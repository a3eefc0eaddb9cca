/** `@whisperr/browser/react` in real React apps: StrictMode, server rendering and hydration. */

import type { Engine, Page } from "@whisperr/conformance-browsers";
import { expect, it } from "vitest";
import { inEveryEngine } from "../browsers/engines.ts";
import { bundleForPage, type ReactVersion, renderOnServer } from "./bundle-react-app.ts";
import { buyOnce, ONE_PURCHASE, openShop } from "./open-shop.ts";
import { complaints, type PageStage, setPageStage } from "./stage.ts";

/** What differs between versions of React does not differ between engines: the older one runs in one. */
const versionsIn = (engine: Engine): ReactVersion[] => (engine === "chromium" ? ["18", "19"] : ["19"]);

async function openApp(
  stage: PageStage,
  version: ReactVersion,
  own: boolean,
  markup?: string,
): Promise<Page> {
  return openShop(stage, await bundleForPage(version), own, markup);
}

/** Clicks, renders again and unmounts; then what the API got. How often StrictMode runs effects is React's own affair. */
async function use(stage: PageStage, page: Page): Promise<string[]> {
  await buyOnce(page);
  await page.evaluate("again()");
  await page.evaluate("leave()");
  await page.evaluate("whisperr.track('still_there')");
  await page.evaluate("whisperr.flush()");
  const names = (await stage.events(4)).map(({ eventType }) => eventType);
  return names.filter((name, index) => name !== "shop_opened" || index === names.indexOf(name));
}

inEveryEngine("react", (browser, engine) => {
  const versions = versionsIn(engine);

  it.each(versions)(
    "React %s in StrictMode makes one client, which outlives its components",
    async (version) => {
      const stage = await setPageStage(browser());
      const page = await openApp(stage, version, false);
      expect(await use(stage, page)).toEqual(ONE_PURCHASE);
      expect(
        await page.evaluate("clients.length > 1 && clients.every((client) => client === whisperr)"),
      ).toBe(true);
      expect(await complaints(page)).toEqual([]);
    },
  );

  it.each(versions)("React %s takes a client that the app made", async (version) => {
    const stage = await setPageStage(browser());
    const page = await openApp(stage, version, true);
    expect(await use(stage, page)).toEqual(ONE_PURCHASE);
    expect(await complaints(page)).toEqual([]);
  });

  it.each(versions)("React %s renders on a server, and hydrates without a difference", async (version) => {
    const stage = await setPageStage(browser());
    const markup = await renderOnServer(version, { apiKey: "wrk_test", baseUrl: stage.api.url });
    expect(markup).toMatch(/^<button type="button">/);
    expect(stage.api.requests).toEqual([]);
    const page = await openApp(stage, version, false, markup);
    expect(await use(stage, page)).toEqual(ONE_PURCHASE);
    expect(await complaints(page)).toEqual([]);
  });
});
