/**
 * Checks the types of every program of the repository (tsconfig.json lists them). A program is not checked again until one of
 * the files changes that it reads; after an install of other packages, and with `--force`, all are.
 */
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";

/** What TypeScript noted of the last program in the list. */
const NOTES = "scripts/tsconfig.tsbuildinfo";
const LOCKFILE = "pnpm-lock.yaml";

// TypeScript compares files with what it noted of them. A dependency of another version is another file, which it has no note of.
const areOthersInstalled = !existsSync(NOTES) || statSync(NOTES).mtimeMs < statSync(LOCKFILE).mtimeMs;
const all = areOthersInstalled || process.argv.includes("--force") ? ["--force"] : [];

const { status } = spawnSync("tsc", ["--build", "--incremental", ...all], {
  stdio: "inherit",
  shell: process.platform === "win32",
});
process.exitCode = status ?? 1;
