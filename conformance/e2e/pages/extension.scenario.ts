/** The background of an extension: a service worker (Manifest V3) that the browser ends whenever it is idle. */
import { createHash } from "node:crypto";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestApi } from "@whisperr/conformance/api/fixture";
import { launchBrowser, type Page } from "@whisperr/conformance-browsers";
import { build } from "esbuild";
import { expect, it, onTestFinished } from "vitest";
import { enginesOnly } from "../browsers/engines.ts";
import { until } from "./stage.ts";

const MANIFEST = {
  manifest_version: 3,
  name: "Shop",
  version: "1",
  background: { service_worker: "background.js" },
  host_permissions: ["http://127.0.0.1/*"],
};

/** Each wake makes a client, as an extension's author would write it. */
const background = (baseUrl: string) => `
  import { createWhisperr } from "@whisperr/browser/worker";
  const whisperr = createWhisperr({ apiKey: "wrk_test", baseUrl: "${baseUrl}" });
  whisperr.track("woken");
  chrome.runtime.onMessage.addListener((calls, _sender, answer) => {
    let result;
    for (const [name, ...args] of calls) result = whisperr[name](...args);
    Promise.resolve(result).then(answer);
    return true;
  });`;

async function writeExtension(baseUrl: string): Promise<string> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "whisperr-extension-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(MANIFEST));
  writeFileSync(join(folder, "popup.html"), "<!doctype html><title>Shop</title>");
  await build({
    stdin: { contents: background(baseUrl), resolveDir: import.meta.dirname },
    outfile: join(folder, "background.js"),
    bundle: true,
    format: "iife",
  });
  return folder;
}

/** Chromium names one that has no key after its folder. */
const idOf = (folder: string): string =>
  createHash("sha256")
    .update(folder)
    .digest("hex")
    .slice(0, 32)
    .replace(/./g, (digit) => "abcdefghijklmnop".charAt(Number.parseInt(digit, 16)));

const send = <T>(popup: Page, ...calls: (readonly unknown[])[]) =>
  popup.evaluate<T>(`chrome.runtime.sendMessage(${JSON.stringify(calls)})`);

enginesOnly(["chromium"], "extension", () => {
  it("delivers what each wake of its background records, by the same user, and what the one before has left", async () => {
    const api = await startTestApi({ cors: true });
    const extensionDir = await writeExtension(api.url);
    const browser = await launchBrowser("chromium", { extensionDir });
    onTestFinished(() => browser.close());
    const popup = await browser.newPage(`chrome-extension://${idOf(extensionDir)}/popup.html`);
    await until(popup, "document.title === 'Shop'");
    await send(popup, ["identify", "ada"], ["track", "first"], ["flush"]);
    await popup.stopServiceWorkers?.();
    expect(await send(popup, ["track", "second"], ["flush"])).toEqual({
      delivered: 2,
      dropped: 0,
      pending: 0,
    });
    await popup.stopServiceWorkers?.();
    await send(popup, ["track", "third"], ["flush"]);

    const events = api.store.events.map(({ eventType, userId }) => [eventType, userId ?? "visitor"]);
    // The visitor's, before anybody said who it is, is the user's by now.
    expect(events.slice(1)).toEqual([
      ["first", "ada"],
      ["woken", "ada"],
      ["second", "ada"],
      ["woken", "ada"],
      ["third", "ada"],
    ]);
    expect(events[0]?.[0]).toBe("woken");
  });
});
