/** An opt-out is the origin's: it outlives the API key, an emptied storage, and the SDK before this one. Judged by what the API received. */

import type { Browser, Page } from "@whisperr/conformance-browsers";
import { expect, it } from "vitest";
import { inEveryEngine } from "../browsers/engines.ts";
import { html, type PageStage, setPageStage, until } from "./stage.ts";

/** Everything that is stored for the origin. */
const STORED = "JSON.stringify({ ...localStorage })";

async function openShop(browser: Browser, before = ""): Promise<{ stage: PageStage; page: Page }> {
  const stage = await setPageStage(browser);
  const create = `import { createWhisperr } from "/sdk/index.js";
    globalThis.create = (more) => createWhisperr({ ...${stage.options("")}, ...more });
    ${before}
    globalThis.whisperr = create({});`;
  stage.site.put("/shop/", { body: html(`<script type="module">${create}</script>`) });
  const page = await stage.open("/shop/a");
  await until(page, "window.whisperr");
  return { stage, page };
}

async function comeBack(page: Page): Promise<void> {
  await page.reload();
  await until(page, "window.whisperr");
}

inEveryEngine("opting out", (browser) => {
  it("leaves nothing stored but the opt-out, and holds where the storage is emptied before the page is loaded again", async () => {
    const { stage, page } = await openShop(browser());
    await page.evaluate("whisperr.identify('ada')");
    await page.evaluate("whisperr.flush()");
    const { length } = stage.api.store.events;
    await page.evaluate("whisperr.optOut()");
    const stored = JSON.parse((await page.evaluate(STORED)) as string) as Record<string, string>;
    expect(Object.values(stored).sort()).toEqual(["1", '{"optedOut":true}']);

    await page.evaluate("localStorage.clear()");
    await comeBack(page);
    await page.evaluate("whisperr.track('thing_done')");
    await page.evaluate("whisperr.flush()");
    expect(await page.evaluate("whisperr.stats().dropped.opted_out")).toBe(2);
    expect(stage.api.store.events).toHaveLength(length);
  });

  it("holds for every API key, until optIn() with any of them", async () => {
    const { page } = await openShop(browser());
    await page.evaluate("whisperr.optOut()");
    await page.evaluate("void (globalThis.other = create({ apiKey: 'wrk_rotated' }))");
    expect(await page.evaluate("other.stats().dropped.opted_out")).toBe(1);

    await page.evaluate("other.optIn()");
    expect(await page.evaluate("localStorage.getItem('whisperr.optout')")).toBeNull();
  });

  it("reaches the clients of other API keys at once, on the page and in other tabs, and opts their tokens out", async () => {
    const { stage, page } = await openShop(
      browser(),
      "globalThis.rotated = create({ apiKey: 'wrk_rotated' });",
    );
    const tab = await stage.open("/shop/b");
    await until(tab, "window.whisperr");
    await page.evaluate("whisperr.identify('ada', { pushToken: 'token_1' })");
    await page.evaluate("whisperr.flush()");
    await page.evaluate("rotated.optOut()");
    await page.evaluate("whisperr.track('thing_done')");
    await until(tab, "localStorage.getItem('whisperr.optout')");
    await until(tab, "(whisperr.track('thing_done'), whisperr.stats().dropped.opted_out)");
    await page.evaluate("whisperr.flush()");
    expect(stage.api.store.users.get("ada")?.channels).toMatchObject([
      { address: "token_1", optedIn: false },
    ]);

    await page.evaluate("rotated.optIn()");
    await page.evaluate("whisperr.track('thing_done')");
    await page.evaluate("whisperr.flush()");
    expect(stage.api.store.events.filter(({ eventType }) => eventType === "thing_done")).toHaveLength(1);
  });

  it("is taken over from the SDK before this one", async () => {
    const { stage, page } = await openShop(browser(), "localStorage.setItem('whisperr.optout', '1');");
    await page.evaluate("whisperr.flush()");
    expect(await page.evaluate("whisperr.stats().dropped.opted_out")).toBe(1);
    expect(stage.api.requests).toHaveLength(0);
  });

  it("an emptied storage means a new visitor", async () => {
    const { stage, page } = await openShop(browser());
    await page.evaluate("whisperr.identify('user_ada')");
    await page.evaluate("whisperr.flush()");
    await page.evaluate("localStorage.clear()");
    await page.evaluate("whisperr.track('thing_done')");
    await page.evaluate("whisperr.flush()");
    const [event] = stage.api.store.events.filter(({ eventType }) => eventType === "thing_done");
    expect(JSON.stringify(event)).not.toContain("user_ada");
    expect(await page.evaluate(STORED)).not.toContain("user_ada");
  });
});
