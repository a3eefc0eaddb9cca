/** Which engines are on this machine: found on PATH and in the library folders, never assumed. */
import { globSync } from "node:fs";
import which from "which";
import { ENGINES, type Engine } from "./browser.ts";

export interface EngineAvailability {
  engine: Engine;
  /** Absent: it can be launched. */
  missing?: string;
}

export function availableEngines(): EngineAvailability[] {
  return ENGINES.map((engine) => {
    const missing = missingOf(engine);
    return missing === undefined ? { engine } : { engine, missing };
  });
}

/** What one program of an engine is called, in the order tried. */
const CHROMIUM_NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const FIREFOX_NAMES = ["firefox-esr", "firefox"];
/** Fedora and Arch keep it in /usr/libexec and /usr/lib, Debian in a folder per architecture. */
const MINI_BROWSERS = "/usr/{lib,lib64,libexec,lib/*-linux-gnu}/{webkit2gtk-4.1,webkitgtk-6.0}/MiniBrowser";

export function chromiumPath(): string | undefined {
  return onPath(CHROMIUM_NAMES);
}

export function firefoxPath(): string | undefined {
  return onPath(FIREFOX_NAMES);
}

export interface WebkitPaths {
  driver: string;
  miniBrowser: string;
  xvfbRun: string;
}

export function webkitPaths(): Partial<WebkitPaths> {
  const driver = onPath(["WebKitWebDriver"]);
  const miniBrowser = globSync(MINI_BROWSERS).sort().at(0);
  // Without xauth xvfb-run gives up.
  const xvfbRun = onPath(["xauth"]) && onPath(["xvfb-run"]);
  return { ...(driver && { driver }), ...(miniBrowser && { miniBrowser }), ...(xvfbRun && { xvfbRun }) };
}

function missingOf(engine: Engine): string | undefined {
  if (engine === "chromium")
    return chromiumPath() ? undefined : `none of ${CHROMIUM_NAMES.join(", ")} is on PATH`;
  if (engine === "firefox")
    return firefoxPath() ? undefined : `none of ${FIREFOX_NAMES.join(", ")} is on PATH`;
  const { driver, miniBrowser, xvfbRun } = webkitPaths();
  const lacking = [
    ...(driver ? [] : ["WebKitWebDriver"]),
    ...(miniBrowser ? [] : ["MiniBrowser"]),
    ...(xvfbRun ? [] : ["xvfb-run with xauth"]),
  ];
  return lacking.length === 0 ? undefined : `${lacking.join(", ")} not found`;
}

/** The first of these commands that is there, in full. */
function onPath(names: readonly string[]): string | undefined {
  return names.map((name) => which.sync(name, { nothrow: true })).find((path) => path !== null) ?? undefined;
}
