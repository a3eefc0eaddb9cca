/** For random tests that `npm run fuzz` runs: the values that one fails with, shrunk, become a file beside the test. */
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import fc, { type RunDetails } from "fast-check";
import { expect } from "vitest";
import { whatThrew } from "./what-failed.ts";

fc.configureGlobal({ ...fc.readConfigureGlobal(), reporter: keep });

function keep(details: RunDetails<unknown>): void {
  if (!details.failed) return;
  const { testPath = "" } = expect.getState();
  const { seed, counterexamplePath: path, counterexample: values } = details;
  const folder = join(dirname(testPath), "counterexamples");
  const what = whatThrew(details.errorInstance);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, `${basename(testPath, ".test.ts")}-${seed}.json`),
    `${JSON.stringify({ what, seed, path, values }, null, 2)}\n`,
  );
  throw new Error(fc.defaultReportMessage(details));
}
