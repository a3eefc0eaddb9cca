/** Chromium through playwright-core. A persistent context, so that a profile can be started again after a kill. */
import { readlinkSync } from "node:fs";
import { join } from "node:path";
import { type BrowserContext, type CDPSession, chromium, type Page as PlaywrightPage } from "playwright-core";
import { chromiumPath } from "./available.ts";
import type { Browser, ConsoleMessage, LaunchOptions, Page } from "./browser.ts";
import { BUSY_LIMIT_MS } from "./busy-limit.ts";
import { browserEnvironment } from "./environment.ts";
import { jsonExpression, parseResult } from "./expression.ts";
import { goBack } from "./navigation.ts";
import { killOnExit, killTree } from "./process-tree.ts";
import { openProfile } from "./profile.ts";
import { taskTimes } from "./task-times.ts";

/** Playwright switches these off or on for tests that want a quiet browser; ours want the one people use. */
const UNWANTED_SWITCHES = [
  "--disable-back-forward-cache",
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
];

export async function launchChromium(options: LaunchOptions): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error("Chromium is not on this machine");
  const { extensionDir } = options;
  const profile = openProfile(options.profileDir);
  const context = await chromium.launchPersistentContext(profile.dir, {
    executablePath,
    // Chromium's sandbox refuses to start for root.
    chromiumSandbox: process.getuid?.() !== 0,
    ignoreDefaultArgs: [...UNWANTED_SWITCHES, ...(extensionDir ? ["--disable-extensions"] : [])],
    args: extensionDir
      ? [`--disable-extensions-except=${extensionDir}`, `--load-extension=${extensionDir}`]
      : [],
    env: browserEnvironment(options),
    timeout: BUSY_LIMIT_MS,
  });
  context.setDefaultTimeout(BUSY_LIMIT_MS);
  const pid = pidOf(profile.dir);
  const forget = killOnExit(pid, profile.remove);
  const over = () => {
    forget();
    profile.remove();
  };
  return {
    engine: "chromium",
    pid,
    newPage: (url) => openPage(context, url),
    async close() {
      await context.close();
      await killTree(pid);
      over();
    },
    async kill() {
      await killTree(pid);
      await context.close().catch(() => {});
      over();
    },
  };
}

/** The lock of a profile is a link that names its owner: "host-pid". */
function pidOf(profileDir: string): number {
  return Number(/-(\d+)$/.exec(readlinkSync(join(profileDir, "SingletonLock")))?.[1]);
}

async function openPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  const messages: ConsoleMessage[] = [];
  page.on("console", (message) => messages.push({ type: message.type(), text: message.text() }));
  page.on("pageerror", (error) => messages.push({ type: "uncaught", text: String(error) }));
  const devtools = await context.newCDPSession(page);
  await page.goto(url);
  return {
    goto: async (next) => void (await page.goto(next)),
    evaluate: async (script, ...args) => parseResult(await page.evaluate(jsonExpression(script, args))),
    reload: async () => void (await page.reload()),
    goBack: () => goBack((script) => page.evaluate(script)),
    close: () => closePage(page),
    screenshot: async (path) => void (await page.screenshot({ path })),
    consoleMessages: () => messages,
    crash: () => crashPage(page, devtools),
    stopServiceWorkers: () => stopServiceWorkers(devtools),
    taskTimes: (run) => taskTimes(devtools, run),
    setOffline: (offline) => setOffline(devtools, offline),
  };
}

/** With its unload handlers: `close` alone would skip those. */
async function closePage(page: PlaywrightPage): Promise<void> {
  if (page.isClosed()) return;
  const closed = page.waitForEvent("close");
  await page.close({ runBeforeUnload: true });
  await closed;
}

async function crashPage(page: PlaywrightPage, devtools: CDPSession): Promise<void> {
  const crashed = page.waitForEvent("crash");
  // Never answered: the one who would answer is gone.
  devtools.send("Page.crash").catch(() => {});
  await crashed;
  // There is nobody left to ask whether it may be closed: that question would be waited for.
  await page.close();
}

async function stopServiceWorkers(devtools: CDPSession): Promise<void> {
  await devtools.send("ServiceWorker.enable");
  await devtools.send("ServiceWorker.stopAllWorkers");
}

async function setOffline(devtools: CDPSession, offline: boolean): Promise<void> {
  await devtools.send("Network.emulateNetworkConditions", {
    offline,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: -1,
  });
}
