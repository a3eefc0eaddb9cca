/** The shop that every framework's app is: one button that buys. */
import type { Page } from "@whisperr/conformance-browsers";
import { html, type PageStage, until } from "./stage.ts";

/** What a visitor who buys once, and stays when the shop is unmounted, leaves behind. */
export const ONE_PURCHASE = ["page_viewed", "shop_opened", "bought", "still_there"];

/** Opens the shop that `script` renders, with a client of the app's `own`, or over the `markup` of a server. */
export async function openShop(stage: PageStage, script: string, own: boolean, markup = ""): Promise<Page> {
  stage.site.put("/app.js", { body: script });
  const plan = `<script>globalThis.plan = { options: ${stage.options()}, own: ${own} };</script>`;
  const root = `<div id="root">${markup}</div><script type="module" src="/app.js"></script>`;
  stage.site.put("/app", { body: html(plan, root) });
  const page = await stage.open("/app");
  await until(page, "globalThis.whisperr && document.querySelector('button')");
  return page;
}

export async function buyOnce(page: Page): Promise<void> {
  await until(page, "whisperr.stats().accepted >= 2");
  await page.evaluate("document.querySelector('button').click()");
  await until(page, "document.querySelector('button').textContent === 'Bought 1'");
}
