/** `@whisperr/browser/angular` in a real app with Angular's own zone: clicks, and a zone that is still. */
import { expect, it } from "vitest";
import { inEveryEngine } from "../browsers/engines.ts";
import { bundleAngularApp } from "./bundle-angular-app.ts";
import { buyOnce, ONE_PURCHASE, openShop } from "./open-shop.ts";
import { complaints, setPageStage, until } from "./stage.ts";

/** Built once for all engines. */
let built: Promise<string> | undefined;

inEveryEngine("angular", (browser, engine) => {
  const clients = [
    ["has one client, which outlives the app", false],
    // Whose client it is does not differ between engines.
    ...(engine === "chromium" ? [["takes a client that the app made", true] as const] : []),
  ] as const;

  it.each(clients)("%s, and Angular's zone is still while that waits", async (_what, own) => {
    built ??= bundleAngularApp();
    const stage = await setPageStage(browser());
    const page = await openShop(stage, await built, own);
    await buyOnce(page);
    // The client looks for the queues of other pages every 15 seconds: in the zone, that timer would keep the app from it for ever.
    await until(page, "stable.at(-1) === true");
    await page.evaluate("leave()");
    await page.evaluate("whisperr.track('still_there')");
    await page.evaluate("whisperr.flush()");
    expect(await complaints(page)).toEqual([]);
    expect((await stage.events(4)).map(({ eventType }) => eventType)).toEqual(ONE_PURCHASE);
  });
});
