/** What this machine has to run things on. A result holds for another machine, or after an upgrade, only if this is the same. */
import { statSync } from "node:fs";
import { delimiter, join } from "node:path";

const PROGRAMS = [
  "chromium",
  "firefox-esr",
  "WebKitWebDriver",
  "xvfb-run",
  "xauth",
  "python3",
  "redis-server",
];

/** Programs that are there, with the time of their last change. */
export function machine(): string {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = PROGRAMS.flatMap((program) => {
    const stats = folders.map((folder) => statSync(join(folder, program), { throwIfNoEntry: false }));
    const changedMs = stats.find((stat) => stat !== undefined)?.mtimeMs;
    return changedMs === undefined ? [] : [`${program} ${changedMs}`];
  });
  return [process.platform, process.arch, ...found].join(", ");
}
