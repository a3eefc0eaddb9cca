/** Firefox through puppeteer-core and WebDriver BiDi. */
import { firefoxPath } from "./available.ts";
import type { Browser, LaunchOptions } from "./browser.ts";
import { reload } from "./navigation.ts";
import { launchByPuppeteer, pageByPuppeteer } from "./puppeteer.ts";

export async function launchFirefox(options: LaunchOptions): Promise<Browser> {
  const executablePath = firefoxPath();
  if (executablePath === undefined) throw new Error("Firefox is not on this machine");
  return launchByPuppeteer("firefox", options, { browser: "firefox", executablePath }, async (page) => ({
    ...pageByPuppeteer(page),
    reload: () => reload((script) => page.evaluate(script)),
    close: () => page.close({ runBeforeUnload: true }),
  }));
}
