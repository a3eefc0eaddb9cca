/** The storage of the app is the app's: what the SDK takes of it, and what it waits for. */
import type { Browser } from "@whisperr/conformance-browsers";
import { expect, it } from "vitest";
import { inEveryEngine } from "../browsers/engines.ts";
import { complaints, html, setPageStage, until } from "./stage.ts";

/** Characters of all keys and texts. */
const STORED =
  "Object.keys(localStorage).reduce((sum, key) => sum + key.length + localStorage[key].length, 0)";

async function openShop(browser: Browser, options: string, script = "") {
  const stage = await setPageStage(browser);
  const create = `import { createWhisperr } from "/sdk/index.js"; globalThis.whisperr = createWhisperr(${stage.options(options)});`;
  stage.site.put("/shop", {
    body: html(`<script>${script}</script><script type="module">${create}</script>`),
  });
  const page = await stage.open("/shop");
  await until(page, "window.whisperr");
  return { stage, page };
}

inEveryEngine("the app's storage", (browser) => {
  it("has a MiB of a thousand large events at most, and the app can still write", async () => {
    const options = "fetch: () => new Promise(() => {}), flushIntervalMs: 0, maxQueueBytes: 2 ** 24";
    const { page } = await openShop(browser(), options);
    await page.evaluate(`(() => {
      for (let n = 0; n < 999; n++) whisperr.track("large", { text: "x".repeat(5000) });
    })()`);
    expect(await page.evaluate("whisperr.stats().pending")).toBe(1000);
    expect(await complaints(page)).toEqual([]);
    expect(await page.evaluate(STORED)).toBeLessThanOrEqual(1024 * 1024);
    expect(await page.evaluate("localStorage.setItem('cart', 'x'.repeat(1e6)) ?? 'written'")).toBe("written");
  });

  it("keeps no note of events where IndexedDB never answers, and they arrive", async () => {
    const silent = "indexedDB.open = () => ({});";
    const { stage, page } = await openShop(
      browser(),
      'persistence: "durable", flushAt: 1',
      `(() => { ${silent} })();`,
    );
    await page.evaluate(`void (() => { for (let n = 0; n < 20; n++) whisperr.track("seen", { n }); })()`);
    await stage.events(21);
    await page.evaluate("whisperr.flush()");
    const keys = await page.evaluate<string[]>("Object.keys(localStorage)");
    expect(keys.filter((key) => /\.[qg]\./.test(key))).toEqual([]);
  });

  it("has nothing of an extension that runs on the page, which says so under debug", async () => {
    const { stage, page } = await openShop(
      browser(),
      "debug: true",
      `globalThis.chrome = { runtime: { id: "an-extension" } };
        globalThis.told = [];
        console.debug = (line) => told.push(line);`,
    );
    await page.evaluate('[whisperr.identify("ada"), whisperr.track("seen"), whisperr.flush()]');
    expect((await stage.events(2)).map(({ eventType }) => eventType)).toEqual(["page_viewed", "seen"]);
    await page.evaluate("void whisperr.optOut()");
    expect(await page.evaluate("localStorage.length + sessionStorage.length")).toBe(0);
    expect(await page.evaluate<string[]>("told")).toContainEqual(expect.stringContaining("content script"));
    expect(await complaints(page)).toEqual([]);
  });
});
