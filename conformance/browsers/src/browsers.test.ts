/** Each engine on this machine does what `Browser` and `Page` say. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { availableEngines, type Browser, launchBrowser } from "./index.ts";

const missing = availableEngines().filter((one) => one.missing !== undefined);

describe.each(missing)("$engine", ({ missing: why }) => {
  test(`is on the machine: ${why}`, ({ skip }) => {
    expect(process.env.CI, "it has to be there in CI").toBeUndefined();
    skip(`not run: ${why}`);
  });
});

const present = availableEngines().filter((one) => one.missing === undefined);

describe.each(present)("$engine", ({ engine }) => {
  let site: Site;
  let browser: Browser;
  beforeAll(async () => {
    site = await openSite();
    browser = await launchBrowser(engine);
  });
  afterAll(async () => {
    await browser?.close();
    await site.close();
  });

  test("loads a page and evaluates a function with arguments in it", async () => {
    const page = await browser.newPage(`${site.url}/one`);
    expect(await page.evaluate((a: number, b: string) => `${location.pathname} ${a}${b}`, 1, "x")).toBe(
      "/one 1x",
    );
    expect(await page.evaluate("Promise.resolve({ deep: [1, null] })")).toEqual({ deep: [1, null] });
    expect(await page.evaluate(() => undefined)).toBeUndefined();
    await page.close();
  });

  test("rejects with the page's error", async () => {
    const page = await browser.newPage(`${site.url}/one`);
    await expect(page.evaluate("Promise.reject(new Error('from the page'))")).rejects.toThrow(
      "from the page",
    );
    await page.close();
  });

  test("evaluates under a strict content security policy", async () => {
    const page = await browser.newPage(`${site.url}/strict`);
    expect(await page.evaluate(() => 1 + 1)).toBe(2);
    await page.close();
  });

  test("goes to another page, back and reloads", async () => {
    const page = await browser.newPage(`${site.url}/one`);
    await page.goto(`${site.url}/two`);
    expect(await page.evaluate(() => location.pathname)).toBe("/two");
    await page.goBack();
    expect(await page.evaluate(() => location.pathname)).toBe("/one");
    await page.evaluate("void (globalThis.mark = 1)");
    await page.reload();
    expect(await page.evaluate("typeof mark")).toBe("undefined");
    await page.close();
  });

  test("shares storage between tabs and drives them side by side", async () => {
    const pages = await Promise.all([1, 2, 3].map(() => browser.newPage(`${site.url}/one`)));
    await pages[0]?.evaluate(() => localStorage.setItem("shared", "yes"));
    const seen = await Promise.all(pages.map((page) => page.evaluate(() => localStorage.getItem("shared"))));
    expect(seen).toEqual(["yes", "yes", "yes"]);
    await Promise.all(pages.map((page) => page.close()));
  });

  test("runs the handlers of a page that is closed", async () => {
    const page = await browser.newPage(`${site.url}/farewell`);
    await page.close();
    await site.seen("/gone");
  });

  test("shows every page, also beside others, and takes a picture of it", async () => {
    const pages = await Promise.all([1, 2].map(() => browser.newPage(`${site.url}/one`)));
    const seen = await Promise.all(pages.map((page) => page.evaluate(() => document.visibilityState)));
    expect(seen).toEqual(["visible", "visible"]);
    const folder = mkdtempSync(join(tmpdir(), "whisperr-shot-"));
    await pages[0]?.screenshot(join(folder, "page.png"));
    expect(readFileSync(join(folder, "page.png")).subarray(1, 4).toString()).toBe("PNG");
    rmSync(folder, { recursive: true });
    await Promise.all(pages.map((page) => page.close()));
  });
});

describe.each(present)("$engine", ({ engine }) => {
  test("leaves no process behind when it is killed", async () => {
    const browser = await launchBrowser(engine);
    await browser.kill();
    // The system takes it away when it comes to it.
    await vi.waitFor(() => expect(() => process.kill(browser.pid, 0)).toThrow(), { timeout: 100_000 });
  });
});

/** Over WebDriver a browser ends with its session. */
describe.each(present.filter(({ engine }) => engine !== "webkit"))("$engine", ({ engine }) => {
  test("goes on when nobody drives it any longer, and closes", async () => {
    const site = await openSite();
    const browser = await launchBrowser(engine);
    const page = await browser.newPage(site.url);
    await page.evaluate(() => {
      let ticks = 0;
      setInterval(() => fetch(`/tick/${ticks++}`), 20);
    });
    await browser.release?.();
    await site.seen("/tick/20");
    await expect(page.evaluate("1")).rejects.toThrow();
    await browser.close();
    // The system takes it away when it comes to it.
    await vi.waitFor(() => expect(() => process.kill(browser.pid, 0)).toThrow(), { timeout: 100_000 });
    await site.close();
  });
});

/** What WebDriver has no command for. */
describe.each(present.filter(({ engine }) => engine !== "webkit"))("$engine", ({ engine }) => {
  test("tells what a page prints and cuts it off the network", async () => {
    const site = await openSite();
    const browser = await launchBrowser(engine);
    const page = await browser.newPage(`${site.url}/one`);
    await page.evaluate(() => console.warn("careful", 1));
    expect(page.consoleMessages().map(({ text }) => text)).toContain("careful 1");
    const online = "fetch('/one').then(() => true, () => false)";
    await page.setOffline?.(true);
    expect(await page.evaluate(online)).toBe(false);
    await page.setOffline?.(false);
    expect(await page.evaluate(online)).toBe(true);
    await browser.close();
    await site.close();
  });

  test("starts again with the storage of its profile", async () => {
    const site = await openSite();
    const profileDir = mkdtempSync(join(tmpdir(), "whisperr-profile-"));
    const first = await launchBrowser(engine, { profileDir });
    await (await first.newPage(site.url)).evaluate(() => localStorage.setItem("kept", "yes"));
    await first.close();
    const second = await launchBrowser(engine, { profileDir });
    const page = await second.newPage(site.url);
    expect(await page.evaluate(() => localStorage.getItem("kept"))).toBe("yes");
    await second.kill();
    await site.close();
    rmSync(profileDir, { recursive: true });
  });
});

interface Site {
  url: string;
  /** Resolves once this path was asked for. */
  seen(path: string): Promise<void>;
  close(): Promise<void>;
}

async function openSite(): Promise<Site> {
  const asked = new Set<string>();
  let onRequest = () => {};
  const server: Server = createServer((request, response) => {
    const path = request.url ?? "/";
    asked.add(path);
    onRequest();
    const strict = { "content-security-policy": "default-src 'none'; script-src 'self'" };
    response.writeHead(200, { "content-type": "text/html", ...(path === "/strict" && strict) });
    const farewell = `<script>addEventListener("pagehide", () => navigator.sendBeacon("/gone"))</script>`;
    response.end(`<!doctype html><title>${path}</title>${path === "/farewell" ? farewell : ""}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: (path) =>
      new Promise((resolve) => {
        onRequest = () => asked.has(path) && resolve();
        onRequest();
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
