/** Firefox through puppeteer-core and WebDriver BiDi. */
import puppeteer, { type Browser as PuppeteerBrowser } from "puppeteer-core";
import { firefoxPath } from "./available.ts";
import type { Browser, ConsoleMessage, LaunchOptions, Page } from "./browser.ts";
import { BUSY_LIMIT_MS } from "./busy-limit.ts";
import { browserEnvironment } from "./environment.ts";
import { jsonExpression, parseResult } from "./expression.ts";
import { goBack, reload } from "./navigation.ts";
import { killOnExit, killTree } from "./process-tree.ts";
import { openProfile } from "./profile.ts";

export async function launchFirefox(options: LaunchOptions): Promise<Browser> {
  const executablePath = firefoxPath();
  if (executablePath === undefined) throw new Error("Firefox is not on this machine");
  const profile = openProfile(options.profileDir);
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath,
    userDataDir: profile.dir,
    env: browserEnvironment(options),
    timeout: BUSY_LIMIT_MS,
    protocolTimeout: BUSY_LIMIT_MS,
  });
  const pid = browser.process()?.pid;
  if (pid === undefined) throw new Error("Firefox started without a process");
  const forget = killOnExit(pid, profile.remove);
  const over = () => {
    forget();
    profile.remove();
  };
  return {
    engine: "firefox",
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
  await page.goto(url);
  return {
    goto: async (next) => void (await page.goto(next)),
    evaluate: async (script, ...args) =>
      parseResult((await page.evaluate(jsonExpression(script, args))) as string | undefined),
    reload: () => reload((script) => page.evaluate(script)),
    goBack: () => goBack((script) => page.evaluate(script)),
    close: () => page.close({ runBeforeUnload: true }),
    screenshot: async (path) => void (await page.screenshot({ path: path as `${string}.png` })),
    consoleMessages: () => messages,
    setOffline: (offline) => page.setOfflineMode(offline),
  };
}
