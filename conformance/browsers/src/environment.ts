/** What a browser's process inherits. */
import type { LaunchOptions } from "./browser.ts";

export function browserEnvironment({ timeZone }: LaunchOptions): NodeJS.ProcessEnv {
  return { ...process.env, ...(timeZone !== undefined && { TZ: timeZone }) };
}
