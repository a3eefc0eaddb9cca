/** `page_viewed` once per page view, whatever the page does with its history; judged by what the API received. */

import type { StoredEvent } from "@whisperr/conformance/api";
import type { Browser, Page } from "@whisperr/conformance-browsers";
import { expect, it } from "vitest";
import { inEveryEngine } from "../browsers/engines.ts";
import { html, type PageStage, setPageStage, until } from "./stage.ts";

const START = 'import { createWhisperr } from "/sdk/index.js"; globalThis.createWhisperr = createWhisperr;';
/** What every engine did before the Navigation API. */
const WITHOUT_NAVIGATION = 'Object.defineProperty(window, "navigation", { value: undefined });';
/** Driven browsers load no page ahead of its visit, so a page has to be told that it was. */
const PRERENDERED = 'Object.defineProperty(document, "prerendering", { value: true, configurable: true });';
const SHOWN = `Object.defineProperty(document, "prerendering", { value: false });
  document.dispatchEvent(new Event("prerenderingchange"));`;

interface PageContext {
  page: { url: string; path: string; referrer: string; title: string };
  session_id: string;
  library: { name: string; version: string };
}

const contextOf = (event: StoredEvent) => event.context as unknown as PageContext;
const pathsOf = (events: readonly StoredEvent[]) => events.map((event) => contextOf(event).page.path);

async function openShop(
  browser: Browser,
  { script = "", options = "" } = {},
): Promise<{ stage: PageStage; page: Page; views(): Promise<readonly StoredEvent[]> }> {
  const stage = await setPageStage(browser);
  const create = `${START} globalThis.whisperr = createWhisperr(${stage.options(options)});`;
  stage.site.put("/shop/", {
    body: html(`<script>${script}</script><script type="module">${create}</script>`),
  });
  const page = await stage.open("/shop/a?token=secret#top");
  await until(page, "window.whisperr");
  return {
    stage,
    page,
    async views() {
      await page.evaluate("whisperr.flush()");
      return stage.api.store.events;
    },
  };
}

inEveryEngine("page views", (browser, engine) => {
  it("record where the visitor is, without query strings and fragments", async () => {
    const { stage, page, views } = await openShop(browser());
    await views();
    await page.goto(`${stage.site.url}/shop/b?q=1`);
    await until(page, "window.whisperr");
    const [first, second] = (await views()) as [StoredEvent, StoredEvent];
    expect(first).toMatchObject({ eventType: "page_viewed", properties: {} });
    const at = (path: string) => `${stage.site.url}${path}`;
    expect(contextOf(first).page).toEqual({
      url: at("/shop/a"),
      path: "/shop/a",
      referrer: "",
      title: "Shop",
    });
    expect(contextOf(second).page).toMatchObject({ url: at("/shop/b"), path: "/shop/b" });
    expect(contextOf(second).session_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(contextOf(second).session_id).toBe(contextOf(first).session_id);
    expect(contextOf(first).library).toEqual({ name: "@whisperr/browser", version: expect.any(String) });
  });

  it("name the page that led here, without its query string", async () => {
    const { stage, page, views } = await openShop(browser());
    await views();
    await page.evaluate(`(() => {
      const link = document.body.appendChild(document.createElement("a"));
      link.href = "/shop/b";
      setTimeout(() => link.click());
    })()`);
    await until(page, "location.pathname === '/shop/b' && window.whisperr");
    const [, second] = (await views()) as [StoredEvent, StoredEvent];
    expect(contextOf(second).page.referrer).toBe(`${stage.site.url}/shop/a`);
  });

  it("keep query strings and fragments when the app asks for them", async () => {
    const { stage, views } = await openShop(browser(), { options: "pageQuery: true" });
    const [first] = (await views()) as [StoredEvent];
    expect(contextOf(first).page.url).toBe(`${stage.site.url}/shop/a?token=secret#top`);
  });

  it("are none when they are switched off, except by page()", async () => {
    const { page, views } = await openShop(browser(), { options: "pageViews: false" });
    await page.evaluate("history.pushState(null, '', '/shop/b')");
    expect(await views()).toEqual([]);
    await page.evaluate("void whisperr.page({ section: 'deals' })");
    expect(await views()).toMatchObject([{ eventType: "page_viewed", properties: { section: "deals" } }]);
  });

  it.each([
    ["as the engine tells of it", ""],
    ["without the Navigation API", WITHOUT_NAVIGATION],
  ])("are counted once per navigation in the document, %s", async (_how, script) => {
    const { page, views } = await openShop(browser(), { script });
    await page.evaluate(`(async () => {
      const came = () => new Promise((resolve) => addEventListener("popstate", () => setTimeout(resolve), { once: true }));
      history.replaceState({ n: 1 }, "", location.href);
      history.replaceState(null, "", "/shop/a?token=secret#elsewhere");
      history.pushState(null, "", "/shop/b");
      history.pushState({ same: true }, "", "/shop/b");
      history.replaceState(null, "", "/shop/c");
      const moved = came(); location.hash = "#/cart"; await moved;
      const back = came(); history.back(); await back;
      const forward = came(); history.go(1); await forward;
      history.pushState(null, "", "?page=2");
    })()`);
    expect(pathsOf(await views())).toEqual([
      "/shop/a",
      "/shop/b",
      "/shop/c",
      "/shop/c",
      "/shop/c",
      "/shop/c",
      "/shop/c",
    ]);
  });

  it("are counted once each by two clients, and no more by one that was shut down", async () => {
    const { stage, page, views } = await openShop(browser(), { script: WITHOUT_NAVIGATION });
    await page.evaluate(`globalThis.other = createWhisperr({ ...${stage.options()}, apiKey: "wrk_other" })`);
    await page.evaluate("history.pushState(null, '', '/shop/b')");
    expect(await page.evaluate("other.stats().accepted")).toBe(2);
    await page.evaluate("void other.shutdown({ timeoutMs: 0 })");
    await page.evaluate("history.pushState(null, '', '/shop/c')");
    expect(await page.evaluate("other.stats().accepted")).toBe(2);
    expect(pathsOf(await views())).toEqual(["/shop/a", "/shop/b", "/shop/c"]);
    await page.evaluate("whisperr.shutdown()");
    expect(await page.evaluate("history.pushState === History.prototype.pushState")).toBe(true);
  });

  it("leave other libraries' patches of the history alone", async () => {
    const { page, views } = await openShop(browser(), { script: WITHOUT_NAVIGATION });
    await page.evaluate(`(() => {
      const { pushState } = history;
      globalThis.seenByOther = [];
      history.pushState = function (...change) { seenByOther.push(change[2]); return pushState.apply(this, change); };
    })()`);
    await page.evaluate("history.pushState(null, '', '/shop/b')");
    expect(pathsOf(await views())).toEqual(["/shop/a", "/shop/b"]);
    await page.evaluate("whisperr.shutdown()");
    await page.evaluate("history.pushState(null, '', '/shop/c')");
    expect(await page.evaluate("seenByOther")).toEqual(["/shop/b", "/shop/c"]);
    expect(await page.evaluate("location.pathname")).toBe("/shop/c");
  });

  it("count the return to a page that the back/forward cache kept", async () => {
    const { stage, page, views } = await openShop(browser());
    stage.site.put("/elsewhere", { body: html("") });
    await page.evaluate(
      "void addEventListener('pageshow', ({ persisted }) => { globalThis.kept = persisted; })",
    );
    await views();
    await page.goto(`${stage.site.url}/elsewhere`);
    await page.goBack();
    await until(page, "window.whisperr");
    // Firefox keeps no page that held a lock when it was left, even if it let go of it while leaving: there it loads anew.
    expect(await page.evaluate("globalThis.kept === true")).toBe(engine !== "firefox");
    expect(pathsOf(await views())).toEqual(["/shop/a", "/shop/a"]);
    await page.evaluate("history.pushState(null, '', '/shop/b')");
    expect(pathsOf(await views())).toEqual(["/shop/a", "/shop/a", "/shop/b"]);
  });

  it("wait until a prerendered page is shown", async () => {
    const { stage, page, views } = await openShop(browser(), { script: PRERENDERED });
    await page.evaluate("history.replaceState(null, '', '/shop/b')");
    // A flush would wait until it is shown, too.
    expect(stage.api.requests).toEqual([]);
    await page.evaluate(`(() => { ${SHOWN} })()`);
    await page.evaluate("history.pushState(null, '', '/shop/c')");
    expect(pathsOf(await views())).toEqual(["/shop/b", "/shop/c"]);
  });

  it("say nothing odd where the page has no address and no title", async () => {
    const stage = await setPageStage(browser());
    const script = `${START} globalThis.whisperr = createWhisperr(${stage.options()}); await whisperr.flush();`;
    const inner = `<form name=title></form><script type=module>${script.replaceAll('"', "&quot;")}</script>`;
    stage.site.put("/outer", { body: `<!doctype html><iframe srcdoc="${inner}"></iframe>` });
    await stage.open("/outer");
    const [event] = (await stage.events(1)) as [StoredEvent];
    const { page } = contextOf(event);
    expect(page).toEqual({
      url: "about:srcdoc",
      path: "srcdoc",
      referrer: expect.any(String),
      title: "",
    });
  });
});
