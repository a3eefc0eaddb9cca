/** Angular waits until its zone is still, and looks at the whole app after each task in it: real zone.js, and none of them is ours. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { inEveryEngine } from "../browsers/engines.ts";
import { complaints, html, setPageStage, until } from "./stage.ts";

const zoneJs = readFileSync(createRequire(import.meta.url).resolve("zone.js"), "utf8");

/**
 * As Angular watches its own: what begins in the zone, and what runs in it. Without promises, which hold up nobody: in WebKit those of
 * whoever drives the page are among them.
 */
const WATCHED = `globalThis.tasks = [];
  globalThis.zone = Zone.current.fork({
    name: "app",
    onScheduleTask(parent, current, target, task) {
      if (task.type !== "microTask") tasks.push(task.source);
      return parent.scheduleTask(target, task);
    },
    onInvokeTask(parent, current, target, task, ...rest) {
      if (task.type !== "microTask") tasks.push("ran: " + task.source);
      return parent.invokeTask(target, task, ...rest);
    },
  });`;

inEveryEngine("zones", (browser) => {
  it.each(["localStorage", "durable"])("get no task of a client that stores in %s", async (persistence) => {
    const stage = await setPageStage(browser());
    stage.site.put("/zone.js", { body: zoneJs });
    const create = `import { createWhisperr } from "/sdk/index.js";
      zone.run(() => (globalThis.whisperr = createWhisperr(${stage.options(`persistence: "${persistence}"`)})));`;
    stage.site.put("/shop", {
      body: html(
        `<script src="/zone.js"></script><script>${WATCHED}</script><script type="module">${create}</script>`,
      ),
    });
    const page = await stage.open("/shop");
    await until(page, "window.whisperr");
    await page.evaluate(`zone.run(() => {
      whisperr.identify("ada");
      whisperr.track("bought");
      history.pushState(null, "", "/shop/thanks");
      dispatchEvent(new Event("online"));
      document.dispatchEvent(new Event("visibilitychange"));
    })`);
    const names = (await stage.events(3)).map(({ eventType }) => eventType);
    expect(names).toEqual(["page_viewed", "bought", "page_viewed"]);
    expect(await page.evaluate("tasks")).toEqual([]);
    expect(await complaints(page)).toEqual([]);
  });
});
