/**
 * A page that Chromium prerenders beside a living one. Under remote control its scripts do not run, so this browser is started
 * by hand, and its pages do everything by themselves: they ask the site how far the test is.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestApi } from "@whisperr/conformance/api/fixture";
import { chromiumPath, killTree } from "@whisperr/conformance-browsers";
import { expect, it, onTestFinished } from "vitest";
import { enginesOnly } from "../browsers/engines.ts";
import { eventually } from "../eventually.ts";
import { html } from "./stage.ts";
import { startPageSite } from "./start-page-site.ts";

const RULES = `<script type="speculationrules">
  {"prerender":[{"source":"list","urls":["/next"],"eagerness":"immediate"}]}</script>`;

/** Tells the site whether it runs ahead of its visit, and with how many records of whatever queue in the storage. */
const page = (baseUrl: string) => `import { createWhisperr } from "/sdk/index.js";
  const isFirst = location.pathname === "/home";
  const whisperr = createWhisperr({ apiKey: "wrk_test", baseUrl: "${baseUrl}", pageViews: false });
  whisperr.track(isFirst ? "home" : "next");
  const records = () => Object.keys(localStorage).filter((key) => /\\.q\\./.test(key)).length;
  const pause = () => new Promise((resolve) => setTimeout(resolve, 500));
  if (isFirst) while ((await fetch("/go")).status !== 200) await pause();
  else await pause();
  const where = isFirst ? "left" : document.prerendering ? "ahead" : "shown";
  await fetch("/" + where + "-with-" + records());
  if (isFirst) location.assign("/next");`;

function startChromium(url: string): void {
  const profile = mkdtempSync(join(tmpdir(), "whisperr-prerender-"));
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const flags = ["--headless=new", "--remote-debugging-port=0", `--user-data-dir=${profile}`, ...sandbox];
  const browser = spawn(chromiumPath() ?? "", [...flags, url], { stdio: "ignore" });
  onTestFinished(async () => {
    if (browser.pid !== undefined) await killTree(browser.pid);
    rmSync(profile, { recursive: true, force: true });
  });
}

enginesOnly(["chromium"], "prerendered pages", () => {
  it("take nothing from a living tab, store nothing, and send when they are shown", async () => {
    const api = await startTestApi({ cors: true });
    const site = await startPageSite();
    onTestFinished(() => site.close());
    const script = `<script type="module">${page(api.url)}</script>`;
    site.put("/home", { body: html(RULES + script) });
    site.put("/next", { body: html(script) });
    // What the living page has stays in its queue.
    api.setDefault({ kind: "status", status: 503 });
    startChromium(`${site.url}/home`);
    await eventually("the next page runs ahead of its visit", () => site.asked("/ahead-with-1") === 1);
    const types = () => api.requests.flatMap(({ events }) => events.map((one) => one.event_type));
    expect(types()).not.toContain("next");

    api.setDefault(null);
    site.put("/go", { body: "" });
    await eventually("both events", () => api.store.events.length === 2);
    expect(api.store.events.map(({ eventType }) => eventType)).toEqual(["home", "next"]);
    expect(site.asked("/next"), "it was not loaded again").toBe(1);
  });
});
