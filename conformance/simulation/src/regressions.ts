/**
 * Worlds that failed once, shrunk, in `regressions/`: all of them run with the tests. One whose mistake is known and not
 * mended yet says so, still runs, and must fail: when it passes, its `known` is to be taken out.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Script } from "./script.ts";

export interface Regression {
  /** How it failed. */
  readonly what: string;
  /** Why it did. */
  readonly cause?: string;
  /** Why it still does. */
  readonly known?: string;
  readonly script: Script;
}

const FOLDER = join(import.meta.dirname, "..", "regressions");

export function keepRegression(name: string, regression: Regression): string {
  const file = join(FOLDER, `${name}.json`);
  writeFileSync(file, `${JSON.stringify(regression, null, 2)}\n`);
  return relative(process.cwd(), file);
}

export function readRegression(file: string): Regression {
  return JSON.parse(readFileSync(file, "utf8")) as Regression;
}

/** Paths of all that are kept. */
export function regressionFiles(): string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => join(FOLDER, name));
}
