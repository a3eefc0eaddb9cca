/** Chromium through puppeteer-core and its own protocol. */
import puppeteer, {
  type CDPSession,
  type Browser as PuppeteerBrowser,
  type Page as PuppeteerPage,
} from "puppeteer-core";
import { chromiumPath } from "./available.ts";
import type { Browser, ConsoleMessage, LaunchOptions, Page } from "./browser.ts";
import { BUSY_LIMIT_MS } from "./busy-limit.ts";
import { browserEnvironment } from "./environment.ts";
import { jsonExpression, parseResult } from "./expression.ts";
import { goBack } from "./navigation.ts";
import { killOnExit, killTree } from "./process-tree.ts";
import { openProfile } from "./profile.ts";
import { taskTimes } from "./task-times.ts";

/** Puppeteer switches these on for tests that want a quiet browser; ours want the one people use. */
const UNWANTED_SWITCHES = [
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
];

export async function launchChromium(options: LaunchOptions): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error("Chromium is not on this machine");
  const { extensionDir } = options;
  const profile = openProfile(options.profileDir);
  const browser = await puppeteer.launch({
    executablePath,
    userDataDir: profile.dir,
    // Chromium's sandbox refuses to start for root.
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    ignoreDefaultArgs: UNWANTED_SWITCHES,
    enableExtensions: extensionDir ? [extensionDir] : false,
    defaultViewport: { width: 1280, height: 720 },
    env: browserEnvironment(options),
    timeout: BUSY_LIMIT_MS,
    protocolTimeout: BUSY_LIMIT_MS,
  });
  const pid = browser.process()?.pid;
  if (pid === undefined) throw new Error("Chromium started without a process");
  const forget = killOnExit(pid, profile.remove);
  const over = () => {
    forget();
    profile.remove();
  };
  return {
    engine: "chromium",
    pid,
    newPage: (url) => openPage(browser, url),
    release: () => browser.disconnect(),
    async close() {
      if (browser.connected) await browser.close();
      await killTree(pid);
      over();
    },
    async kill() {
      await killTree(pid);
      await browser.disconnect();
      over();
    },
  };
}

async function openPage(browser: PuppeteerBrowser, url: string): Promise<Page> {
  const page = await browser.newPage({ type: "window" });
  page.setDefaultTimeout(BUSY_LIMIT_MS);
  const messages: ConsoleMessage[] = [];
  page.on("console", (message) => messages.push({ type: message.type(), text: message.text() }));
  page.on("pageerror", (error) => messages.push({ type: "uncaught", text: String(error) }));
  const devtools = await page.createCDPSession();
  await page.goto(url);
  return {
    goto: async (next) => void (await page.goto(next)),
    evaluate: async (script, ...args) =>
      parseResult((await page.evaluate(jsonExpression(script, args))) as string | undefined),
    reload: async () => void (await page.reload()),
    goBack: () => goBack((script) => page.evaluate(script)),
    close: () => closePage(page),
    screenshot: async (path) => void (await page.screenshot({ path: path as `${string}.png` })),
    consoleMessages: () => messages,
    crash: () => crashPage(page, devtools),
    stopServiceWorkers: () => stopServiceWorkers(devtools),
    taskTimes: (run) => taskTimes(devtools, run),
    setOffline: (offline) => page.setOfflineMode(offline),
  };
}

/** With its unload handlers: `close` alone would skip those. */
async function closePage(page: PuppeteerPage): Promise<void> {
  if (page.isClosed()) return;
  const closed = new Promise((resolve) => page.once("close", resolve));
  await page.close({ runBeforeUnload: true });
  await closed;
}

async function crashPage(page: PuppeteerPage, devtools: CDPSession): Promise<void> {
  const crashed = new Promise((resolve) => page.once("error", resolve));
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
