/**
 * What `npm run fuzz` found, shrunk: the values with which a random test failed, in `counterexamples/<test>-<seed>.json`. The
 * test tries them first, every time.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Counterexample {
  /** How it failed. */
  readonly what: string;
  readonly values: unknown;
}

/** Of the test in `<test>.test.ts`. */
export function counterexamples<Values>(test: string): Values[] {
  const files = globSync(join(import.meta.dirname, "counterexamples", `${test}-*.json`)).sort();
  return files.map((file) => (JSON.parse(readFileSync(file, "utf8")) as Counterexample).values as Values);
}
