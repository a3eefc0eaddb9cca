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
  { script = "", options = "", body = "" } = {},
): Promise<{ stage: PageStage; page: Page; views(): Promise<readonly StoredEvent[]> }> {
  const stage = await setPageStage(browser);
  const create = `${START} globalThis.whisperr = createWhisperr(${stage.options(options)});`;
  stage.site.put("/shop/", {
    body: html(`<script>${script}</script><script type="module">${create}</script>`, body),
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
      "/cart",
      "/shop/c",
      "/cart",
      "/shop/c",
    ]);
  });

  it("carry the title that a router sets behind the address, and the time of the navigation", async () => {
    const { stage, page } = await openShop(browser(), { options: "flushAt: 1" });
    await stage.events(1);
    const [cameMs, titledMs] = await page.evaluate<[number, number]>(`new Promise((resolve) => {
      history.pushState(null, "", "/shop/cart");
      const cameMs = Date.now();
      setTimeout(() => {
        document.title = "Cart";
        resolve([cameMs, Date.now()]);
      }, 150);
    })`);
    // By itself: no call of the app asks for it.
    const [, cart] = (await stage.events(2)) as [StoredEvent, StoredEvent];
    expect(contextOf(cart).page).toMatchObject({ path: "/shop/cart", title: "Cart" });
    expect(cart.occurredAtMs).toBeLessThanOrEqual(cameMs);
    expect(titledMs).toBeGreaterThan(cameMs);
  });

  it("come before what the app does on the page, and keep their page when the next one follows at once", async () => {
    const { stage, page, views } = await openShop(browser());
    await page.evaluate(`(() => {
      history.pushState(null, "", "/shop/login");
      history.replaceState(null, "", "/shop/account");
      whisperr.track("account_opened");
    })()`);
    const events = await views();
    expect(events.map(({ eventType }) => eventType)).toEqual([
      "page_viewed",
      "page_viewed",
      "page_viewed",
      "account_opened",
    ]);
    expect(pathsOf(events)).toEqual(["/shop/a", "/shop/login", "/shop/account", "/shop/account"]);
    expect(contextOf(events[1] as StoredEvent).page.url).toBe(`${stage.site.url}/shop/login`);
  });

  it("arrive of a page that goes before its title has come", async () => {
    const { stage, page } = await openShop(browser());
    await stage.events(1);
    stage.site.put("/elsewhere", { body: html("") });
    await page.evaluate(`(() => {
      history.pushState(null, "", "/shop/cart");
      setTimeout(() => location.assign("/elsewhere"));
    })()`);
    await until(page, "location.pathname === '/elsewhere'");
    const [, cart] = (await stage.events(2)) as [StoredEvent, StoredEvent];
    expect(contextOf(cart).page.path).toBe("/shop/cart");
  });

  it("are one for a search as one types, and for a landing page that tidies its address", async () => {
    const { page, views } = await openShop(browser());
    await page.evaluate(`(() => {
      for (let letter = 0; letter < 50; letter++) history.replaceState(null, "", "?q=" + "x".repeat(letter));
      history.pushState(null, "", "?index");
    })()`);
    expect(pathsOf(await views())).toEqual(["/shop/a"]);
  });

  it("are one for each route in a fragment, with its path", async () => {
    const { stage, page, views } = await openShop(browser());
    await page.evaluate(`(() => {
      for (const route of ["#/", "#/cart?id=1", "#/cart?id=2", "#!/cart", "#!/about", "#prices"])
        history.pushState(null, "", route);
    })()`);
    const events = await views();
    expect(pathsOf(events)).toEqual(["/shop/a", "/", "/cart", "/about", "/shop/a"]);
    for (const event of events) expect(contextOf(event).page.url).toBe(`${stage.site.url}/shop/a`);
  });

  it("are recorded where elements have the names of what is used", async () => {
    const { page, views } = await openShop(browser(), {
      script: "delete window.navigation;",
      body: `<nav id="navigation"></nav><form name="addEventListener"></form><div id="addEventListener"></div>
        <form name="visibilityState"></form><img name="title"><div id="Zone"></div>`,
    });
    await page.evaluate("history.pushState(null, '', '/shop/b')");
    expect(pathsOf(await views())).toEqual(["/shop/a", "/shop/b"]);
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
