/** What Chromium and Firefox have in common: puppeteer-core launches them, opens their pages, and ends them. */
import puppeteer, {
  type LaunchOptions as PuppeteerOptions,
  type Page as PuppeteerPage,
} from "puppeteer-core";
import type { Browser, ConsoleMessage, Engine, LaunchOptions, Page } from "./browser.ts";
import { BUSY_LIMIT_MS } from "./busy-limit.ts";
import { browserEnvironment } from "./environment.ts";
import { jsonExpression, parseResult } from "./expression.ts";
import { goBack } from "./navigation.ts";
import { killOnExit, killTree } from "./process-tree.ts";
import { openProfile } from "./profile.ts";

/** `pageOf`: a page of this engine, from one that puppeteer has just opened. */
export async function launchByPuppeteer(
  engine: Engine,
  options: LaunchOptions,
  own: PuppeteerOptions & { readonly executablePath: string },
  pageOf: (page: PuppeteerPage) => Promise<Page>,
): Promise<Browser> {
  const profile = openProfile(options.profileDir);
  const browser = await puppeteer.launch({
    ...own,
    userDataDir: profile.dir,
    env: browserEnvironment(options),
    timeout: BUSY_LIMIT_MS,
    protocolTimeout: BUSY_LIMIT_MS,
  });
  const pid = browser.process()?.pid;
  if (pid === undefined) throw new Error(`${engine} started without a process`);
  const forget = killOnExit(pid, profile.remove);
  const over = () => {
    forget();
    profile.remove();
  };
  return {
    engine,
    pid,
    async newPage(url) {
      const opened = await browser.newPage({ type: "window" });
      opened.setDefaultTimeout(BUSY_LIMIT_MS);
      const page = await pageOf(opened);
      await page.goto(url);
      return page;
    },
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

/** What both engines do alike. */
export function pageByPuppeteer(page: PuppeteerPage): Omit<Page, "reload" | "close"> {
  const messages: ConsoleMessage[] = [];
  page.on("console", (message) => messages.push({ type: message.type(), text: message.text() }));
  page.on("pageerror", (error) => messages.push({ type: "uncaught", text: String(error) }));
  return {
    goto: async (url) => void (await page.goto(url)),
    evaluate: async (script, ...args) =>
      parseResult((await page.evaluate(jsonExpression(script, args))) as string | undefined),
    goBack: () => goBack((script) => page.evaluate(script)),
    screenshot: async (path) => void (await page.screenshot({ path: path as `${string}.png` })),
    consoleMessages: () => messages,
    setOffline: (offline) => page.setOfflineMode(offline),
  };
}
