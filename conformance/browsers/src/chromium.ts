/** Chromium through puppeteer-core and its own protocol. */
import type { CDPSession, Page as PuppeteerPage } from "puppeteer-core";
import { chromiumPath } from "./available.ts";
import type { Browser, LaunchOptions, Page } from "./browser.ts";
import { launchByPuppeteer, pageByPuppeteer } from "./puppeteer.ts";
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
  const own = {
    executablePath,
    // Chromium's sandbox refuses to start for root.
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    ignoreDefaultArgs: UNWANTED_SWITCHES,
    enableExtensions: extensionDir ? [extensionDir] : false,
    defaultViewport: { width: 1280, height: 720 },
  };
  return launchByPuppeteer("chromium", options, own, pageOf);
}

async function pageOf(page: PuppeteerPage): Promise<Page> {
  const devtools = await page.createCDPSession();
  return {
    ...pageByPuppeteer(page),
    reload: async () => void (await page.reload()),
    close: () => closePage(page),
    crash: () => crashPage(page, devtools),
    stopServiceWorkers: () => stopServiceWorkers(devtools),
    taskTimes: (run) => taskTimes(devtools, run),
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
