/** Visits that are over before anybody would think of it, and pages that are loaded in case somebody comes. */
import { setTimeout as pause } from "node:timers/promises";
import type { Page } from "@whisperr/conformance-browsers";
import { expect, it } from "vitest";
import { inEveryEngine } from "../browsers/engines.ts";
import { eventually } from "../eventually.ts";
import { html, type PageStage, setPageStage, until } from "./stage.ts";

/** A visitor signs in, buys, and is gone. */
const SHOP = (options: string) => `import { createWhisperr } from "/sdk/index.js";
  globalThis.whisperr = createWhisperr(${options});
  whisperr.identify("ada", { email: "ada@example.com" });
  whisperr.track("bought");
  document.title = "done";`;

/** What the API took, in the order in which it came. */
const taken = ({ api }: PageStage) =>
  api.requests
    .filter(({ outcome }) => outcome === "stored")
    .flatMap(({ path, events }) =>
      path === "/v1/identify" ? ["identify"] : events.map((one) => one.event_type),
    );

/** Each once: an answer that ended with its page was no answer, and what is sent again counts once. */
const arrived = (stage: PageStage) => [...new Set(taken(stage))].sort();

const isDone = (page: Page) => until(page, 'document.title === "done"');

inEveryEngine("short visits", (browser) => {
  it.each([0, 500])("sign in, buy, close the tab after %i ms: everything arrives", async (stayMs) => {
    const stage = await setPageStage(browser());
    stage.site.put("/", { body: html(`<script type="module">${SHOP(stage.options())}</script>`) });
    const page = await stage.open("/");
    await isDone(page);
    await pause(stayMs);
    await page.close();
    await eventually("all three", () => arrived(stage).length >= 3);

    expect(arrived(stage)).toEqual(["bought", "identify", "page_viewed"]);
  });

  it("what is called as the tab is closed arrives too, around an identify", async () => {
    const stage = await setPageStage(browser());
    const start = `import { createWhisperr } from "/sdk/index.js";
      globalThis.whisperr = createWhisperr(${stage.options()}); document.title = "done";`;
    stage.site.put("/", { body: html(`<script type="module">${start}</script>`) });
    const page = await stage.open("/");
    await isDone(page);
    await stage.events(1);
    await page.evaluate(`[whisperr.track("searched"), whisperr.identify("ada"), whisperr.track("bought")]`);
    await page.close();
    await eventually("all four", () => arrived(stage).length >= 4);

    expect(arrived(stage)).toEqual(["bought", "identify", "page_viewed", "searched"]);
  });

  it("a frame that its page removes in the same turn sends what was called in it", async () => {
    const stage = await setPageStage(browser());
    const start = `import { createWhisperr } from "/sdk/index.js";
      globalThis.whisperr = createWhisperr(${stage.options("pageViews: false")}); parent.isFramed = true;`;
    stage.site.put("/frame", { body: html(`<script type="module">${start}</script>`) });
    stage.site.put("/", { body: html("", '<iframe src="/frame"></iframe>') });
    const page = await stage.open("/");
    await until(page, "globalThis.isFramed");
    await page.evaluate(`[frames[0].whisperr.identify("ada"), frames[0].whisperr.track("bought"),
      document.querySelector("iframe").remove()].length`);
    await eventually("both", () => arrived(stage).length >= 2);

    expect(arrived(stage)).toEqual(["bought", "identify"]);
  });

  it("a page that is loaded ahead claims, stores and sends nothing until it is shown", async () => {
    const stage = await setPageStage(browser());
    const ahead = 'Object.defineProperty(document, "prerendering", { value: true, configurable: true });';
    stage.site.put("/", {
      body: html(
        `<script>${ahead}</script><script type="module">${SHOP(stage.options("requestTimeoutMs: 3000"))}</script>`,
      ),
    });
    const page = await stage.open("/");
    await isDone(page);
    const keys = () =>
      page.evaluate<string[]>("Object.keys(localStorage).filter((key) => /\\.[qfc]\\./.test(key))");
    await page.evaluate("new Promise((resolve) => setTimeout(resolve, 500))");
    expect([await keys(), stage.api.requests.length]).toEqual([[], 0]);

    await page.evaluate(`[Object.defineProperty(document, "prerendering", { value: false }),
      document.dispatchEvent(new Event("prerenderingchange"))].length`);
    await eventually("all three", () => taken(stage).length >= 3);
    expect(taken(stage)).toEqual(["identify", "bought", "page_viewed"]);
  });

  it("the last identify() wins, though an older one of another tab waited longer for its answer", async () => {
    const stage = await setPageStage(browser());
    const start = `import { createWhisperr } from "/sdk/index.js";
      globalThis.whisperr = createWhisperr(${stage.options("pageViews: false")}); document.title = "done";`;
    stage.site.put("/", { body: html(`<script type="module">${start}</script>`) });
    const [older, newer] = [await stage.open("/"), await stage.open("/")];
    await Promise.all([older, newer].map(isDone));
    stage.api.setDefault({ kind: "status", status: 503, retryAfter: { seconds: 3 } });
    await older.evaluate(`whisperr.identify("ada", { traits: { plan: "trial", city: "Rome" } })`);
    await eventually("the older one is refused", () =>
      stage.api.requests.some(({ status }) => status === 503),
    );
    stage.api.setDefault(null);
    await newer.evaluate(`whisperr.identify("ada", { traits: { plan: "pro" } })`);
    await eventually("both, and the newer one again", () => taken(stage).length === 3);
    await until(older, "whisperr.stats().pending === 0");

    expect(stage.api.store.users.get("ada")?.traits).toMatchObject({ plan: "pro", city: "Rome" });
  });
});
