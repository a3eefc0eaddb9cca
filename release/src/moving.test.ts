/** A visitor's browser at the migration: pages with @whisperr/web 0.2 as it was published, then pages with @whisperr/browser, in real engines. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestApi } from "@whisperr/conformance/api/fixture";
import { availableEngines, launchBrowser, type Page } from "@whisperr/conformance-browsers";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Site, serveFolder } from "./serve-folder.ts";

const PACKAGES = join(import.meta.dirname, "..", "node_modules");

let folder = "";
let site: Site;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "whisperr-moving-"));
  cpSync(join(PACKAGES, "outside-web", "dist", "index.js"), join(folder, "old.js"));
  cpSync(join(PACKAGES, "@whisperr", "browser", "dist", "whisperr.iife.js"), join(folder, "new.js"));
  const scripts = {
    old: `<script type="module">import { Whisperr } from "/old.js"; window.Old = Whisperr;</script>`,
    new: `<script src="/new.js"></script>`,
  };
  for (const [name, script] of Object.entries(scripts))
    writeFileSync(join(folder, `${name}.html`), `<!doctype html><title>${name}</title>${script}`);
  site = await serveFolder(folder);
});
afterAll(async () => {
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

const engines = availableEngines().filter(({ missing }) => missing === undefined);

describe.each(engines)("$engine", ({ engine }) => {
  async function openPage(name: "old" | "new"): Promise<Page> {
    const browser = await launchBrowser(engine);
    onTestFinished(() => browser.close());
    return browser.newPage(`${site.url}/${name}.html`);
  }

  test("the visitor, the user and what waits go on, in order, once", async () => {
    const api = await startTestApi({ cors: true });
    const page = await openPage("old");
    // Nothing listens there: everything waits.
    const before = await page.evaluate(async () => {
      const { Old } = window as unknown as {
        Old: { init(options: object): Record<string, (...args: unknown[]) => void> };
      };
      const old = Old.init({
        apiKey: "wrk_test",
        baseUrl: "http://127.0.0.1:9",
        autocapturePageviews: false,
        maxRetries: 0,
      });
      old.track?.("visited", { n: 1 });
      old.identify?.("ada", { email: "ada@example.com", traits: { plan: "pro" } });
      old.track?.("bought", { n: 2 });
      return {
        visitor: localStorage.getItem("whisperr.anon_id"),
        queue: localStorage.getItem("whisperr.queue.v1"),
      };
    });
    const ids = (JSON.parse(before.queue ?? "[]") as { messageId?: string; occurredAt: string }[]).flatMap(
      ({ messageId }) => messageId ?? [],
    );
    expect(ids).toHaveLength(2);

    await page.goto(`${site.url}/new.html`);
    await page.evaluate(
      async (baseUrl: string, queue: string) => {
        // At its exit 0.2 forgets what it hands to the browser, whatever becomes of it. This visitor's browser was killed.
        localStorage.setItem("whisperr.queue.v1", queue);
        const { whisperr } = window as unknown as {
          whisperr: Record<string, (...args: unknown[]) => unknown>;
        };
        whisperr.createWhisperr?.({ apiKey: "wrk_test", baseUrl, pageViews: false });
        whisperr.track?.("came_back", { n: 3 });
        await whisperr.flush?.();
      },
      api.url,
      before.queue ?? "",
    );

    expect(api.store.events.map(({ eventType }) => eventType)).toEqual(["visited", "bought", "came_back"]);
    expect(api.store.events.map(({ messageId }) => messageId).slice(0, 2)).toEqual(ids);
    expect([...api.store.users.keys()]).toEqual(["ada"]);
    expect(api.store.users.get("ada")).toMatchObject({
      traits: { plan: "pro" },
      channels: [{ address: "ada@example.com", optedIn: true }],
    });
    const left = await page.evaluate(() =>
      Object.keys(localStorage).filter((key) => key.startsWith("whisperr.")),
    );
    expect(left).toEqual([]);
    const identity = await page.evaluate(
      () => Object.entries(localStorage).find(([key]) => key.endsWith("id"))?.[1],
    );
    expect(JSON.parse(identity ?? "{}")).toMatchObject({ anonymousId: before.visitor, userId: "ada" });
  });

  test("a broken operation stops neither the page nor what stands behind it", async () => {
    const api = await startTestApi({ cors: true });
    const page = await openPage("new");
    await page.evaluate(async (baseUrl: string) => {
      const broken = {
        kind: "track",
        eventType: "broken",
        occurredAt: "2026-06-14T11:00:00.000Z",
        messageId: null,
      };
      const whole = {
        ...broken,
        eventType: "bought",
        occurredAt: new Date().toISOString(),
        messageId: "9f2b5479-2729-418f-8ecf-3f2c3f2c3f2c",
      };
      const nobodys = { kind: "identify", externalUserId: "ada", channels: [null] };
      localStorage.setItem("whisperr.anon_id", "3bffa0ab-f02c-4a03-823a-092b75d02de4");
      localStorage.setItem("whisperr.queue.v1", JSON.stringify([whole, broken, nobodys, whole]));
      const { whisperr } = window as unknown as { whisperr: Record<string, (...args: unknown[]) => unknown> };
      whisperr.createWhisperr?.({ apiKey: "wrk_test", baseUrl, pageViews: false });
      whisperr.track?.("came_back");
      await whisperr.flush?.();
    }, api.url);
    // The message id makes the second one harmless.
    expect(api.store.events.map(({ eventType }) => eventType)).toEqual(["bought", "came_back"]);
    expect([...api.store.users.keys()]).toEqual([]);
  });

  test("who opted out stays out, and nothing of them is kept", async () => {
    const api = await startTestApi({ cors: true });
    const page = await openPage("old");
    await page.evaluate(() => {
      localStorage.setItem("whisperr.anon_id", "3bffa0ab-f02c-4a03-823a-092b75d02de4");
      localStorage.setItem("whisperr.user_id", "ada");
      localStorage.setItem("whisperr.optout", "1");
    });
    await page.goto(`${site.url}/new.html`);
    await page.evaluate(async (baseUrl: string) => {
      const { whisperr } = window as unknown as { whisperr: Record<string, (...args: unknown[]) => unknown> };
      whisperr.createWhisperr?.({ apiKey: "wrk_test", baseUrl });
      whisperr.track?.("bought");
      await whisperr.flush?.();
    }, api.url);
    expect(api.requests).toEqual([]);
    const kept = await page.evaluate(() => Object.values(localStorage).join());
    expect(kept).not.toContain("3bffa0ab");
    expect(kept).not.toContain("ada");
  });
});
