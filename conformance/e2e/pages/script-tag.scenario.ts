/** The script-tag build and its loader, on pages as strict as they come. */
import { createHash } from "node:crypto";
import type { StoredEvent } from "@whisperr/conformance/api";
import type { Browser, Page } from "@whisperr/conformance-browsers";
import { expect, it } from "vitest";
import { inEveryEngine } from "../browsers/engines.ts";
import { complaints, html, type PageStage, setPageStage, until } from "./stage.ts";
import { readSdk } from "./start-page-site.ts";

const LOADER = readSdk("loader.js").trim();
const SCRIPT = '<script async src="/sdk/whisperr.iife.js"></script>';
const hash = (script: string) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`;

interface Shop {
  readonly stage: PageStage;
  readonly page: Page;
}

/** A page whose policy allows nothing but the loader by its hash, scripts of its own origin, and the API. */
async function openStrictPage(
  browser: Browser,
  scripts: (stage: PageStage) => string,
  head: string,
): Promise<Shop> {
  const stage = await setPageStage(browser);
  const policy = [
    "default-src 'none'",
    "img-src data:",
    `script-src 'self' ${hash(LOADER)}`,
    `connect-src ${stage.api.url}`,
    "require-trusted-types-for 'script'",
  ];
  stage.site.put("/calls.js", { body: scripts(stage) });
  stage.site.put("/shop", { body: html(head), headers: { "content-security-policy": policy.join("; ") } });
  return { stage, page: await stage.open("/shop") };
}

const names = (events: readonly StoredEvent[]) => events.map((event) => event.eventType);
const CREATE = (stage: PageStage, more = "") => `whisperr.createWhisperr(${stage.options(more)})`;

inEveryEngine("script tag", (browser) => {
  it("replays, in order and with their own times, the calls made before it was loaded", async () => {
    const stage = await setPageStage(browser());
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    stage.site.put("/sdk/late.js", { body: readSdk("whisperr.iife.js"), after: gate });
    const calls = `whisperr.track("first"); ${CREATE(stage, "pageViews: false")}; whisperr.identify("ada"); whisperr.track("second", { n: 2 });
      globalThis.earlyTrack = whisperr.track; new Image().src = "/called";`;
    stage.site.put("/shop", {
      body: html(
        `<script>${LOADER}</script><script>${calls}</script><script async src="/sdk/late.js"></script>`,
      ),
    });
    const opening = stage.open("/shop");
    await expect.poll(() => stage.site.asked("/called")).toBe(1);
    const loadedFrom = Date.now() + 1;
    await expect.poll(() => Date.now()).toBeGreaterThan(loadedFrom);
    letGo();
    const page = await opening;
    await until(page, "whisperr.channel");
    await page.evaluate("earlyTrack('third')");
    await page.evaluate("whisperr.flush()");
    const events = await stage.events(3);
    expect(names(events)).toEqual(["first", "second", "third"]);
    expect(events.map(({ userId }) => userId)).toEqual(["ada", "ada", "ada"]);
    expect(events[1]).toMatchObject({ properties: { n: 2 } });
    for (const early of events.slice(0, 2)) expect(early.occurredAtMs).toBeLessThan(loadedFrom);
    expect((events[2] as StoredEvent).occurredAtMs).toBeGreaterThanOrEqual(loadedFrom);
  });

  it.each([
    ["", `<script>${LOADER}</script>`],
    [", without its loader", ""],
  ])("works where an element has its name%s", async (_how, loader) => {
    const stage = await setPageStage(browser());
    const calls = `whisperr.createWhisperr(${stage.options()}); whisperr.track("seen"); whisperr.flush();`;
    const script = loader ? SCRIPT : SCRIPT.replace(" async", "");
    stage.site.put("/shop", {
      body: html("", `<div id="whisperr"></div>${loader}${script}<script>${calls}</script>`),
    });
    const page = await stage.open("/shop");
    expect(names(await stage.events(2))).toEqual(["page_viewed", "seen"]);
    expect(await complaints(page)).toEqual([]);
  });

  it("works under a policy that allows no inline script but the loader, no eval and no style", async () => {
    const { stage, page } = await openStrictPage(
      browser(),
      (stage) => `${CREATE(stage)}; whisperr.track("seen", {}); whisperr.flush();`,
      `<script>${LOADER}</script><script src="/calls.js"></script>${SCRIPT}`,
    );
    expect(names(await stage.events(2))).toEqual(["page_viewed", "seen"]);
    expect(await complaints(page)).toEqual([]);
  });

  it("works from files alone, when it comes before its loader", async () => {
    const { stage, page } = await openStrictPage(
      browser(),
      (stage) => `${CREATE(stage, "pageViews: false")}; whisperr.track("seen"); whisperr.flush();`,
      '<script src="/sdk/whisperr.iife.js"></script><script src="/sdk/loader.js"></script><script src="/calls.js"></script>',
    );
    expect(names(await stage.events(1))).toEqual(["seen"]);
    expect(await page.evaluate("whisperr.flush()")).toMatchObject({ dropped: 0, pending: 0 });
    expect(await complaints(page)).toEqual([]);
  });

  it("does no harm when everything is on the page twice", async () => {
    const { stage, page } = await openStrictPage(
      browser(),
      (stage) => `${CREATE(stage)}; whisperr.track("seen"); globalThis.times = (globalThis.times ?? 0) + 1;`,
      `<script>${LOADER}</script><script src="/calls.js"></script>${SCRIPT}<script>${LOADER}</script>${SCRIPT}<script src="/calls.js"></script>`,
    );
    await until(page, "globalThis.times === 2 && whisperr.channel && document.readyState === 'complete'");
    await page.evaluate("whisperr.flush()");
    expect(names(await stage.events(3))).toEqual(["page_viewed", "seen", "seen"]);
    expect(await complaints(page)).toEqual([]);
  });

  it("keeps methods waiting for createWhisperr, and then gives what the client gives", async () => {
    const { stage, page } = await openStrictPage(
      browser(),
      () => "",
      '<script src="/sdk/whisperr.iife.js"></script>',
    );
    await page.evaluate("whisperr.track('early')");
    await page.evaluate("whisperr.track('early_too')");
    expect(await page.evaluate("whisperr.stats() ?? null")).toBeNull();
    await page.evaluate(`void ${CREATE(stage, "pageViews: false, flushAtStart: false")}`);
    expect(await page.evaluate("whisperr.stats().accepted")).toBe(2);
    expect(await page.evaluate("whisperr.flush()")).toEqual({ delivered: 2, dropped: 0, pending: 0 });
    expect(names(await stage.events(2))).toEqual(["early", "early_too"]);
  });

  it("says on the console that options make no sense, and the page goes on", async () => {
    const { page } = await openStrictPage(
      browser(),
      () => 'whisperr.createWhisperr({}); whisperr.track("seen"); globalThis.wentOn = true;',
      `<script>${LOADER}</script><script src="/calls.js"></script>${SCRIPT}`,
    );
    await until(page, "whisperr.channel && globalThis.wentOn");
    await expect.poll(() => complaints(page)).toEqual([expect.stringContaining("apiKey")]);
  });

  it("does no harm when a visitor blocks it", async () => {
    const { page } = await openStrictPage(
      browser(),
      (stage) =>
        `${CREATE(stage)}; for (let n = 0; n < 5000; n++) whisperr.track("seen"); globalThis.wentOn = true;`,
      `<script>${LOADER}</script><script src="/calls.js"></script><script async src="https://blocked.invalid/whisperr.iife.js"></script>`,
    );
    await until(page, "globalThis.wentOn");
    expect(await page.evaluate("whisperr.q.length")).toBe(1000);
    expect(await page.evaluate("whisperr.flush() ?? null")).toBeNull();
  });
});
