/**
 * Three real browser engines behind one interface. `launchBrowser` rejects when the engine is not on this machine;
 * `availableEngines` says so beforehand, and why.
 */
import type { Browser, Engine, LaunchOptions } from "./browser.ts";
import { launchChromium } from "./chromium.ts";
import { launchFirefox } from "./firefox.ts";
import { launchWebkit } from "./webkit.ts";

export { availableEngines, chromiumPath, type EngineAvailability } from "./available.ts";
export {
  type Browser,
  type ConsoleMessage,
  ENGINES,
  type Engine,
  type LaunchOptions,
  type Page,
  type Script,
} from "./browser.ts";
export { killTree } from "./process-tree.ts";

/** Whoever launches it also ends it, with `close` or `kill`; when this process ends first, so does the browser. */
export function launchBrowser(engine: Engine, options: LaunchOptions = {}): Promise<Browser> {
  switch (engine) {
    case "chromium":
      return launchChromium(options);
    case "firefox":
      return launchFirefox(options);
    case "webkit":
      return launchWebkit(options);
    default:
      throw new Error(`unknown engine ${engine satisfies never}`);
  }
}
