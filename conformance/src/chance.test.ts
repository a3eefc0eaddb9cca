/** No case depends on chance: what an SDK draws for its jitter may lie at either end of its range, and everything passes. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadCases } from "./load.ts";

const conformance = join(import.meta.dirname, "..");

/** Only these have a clock that tells how long a wait is, to the millisecond. */
const timed = loadCases(conformance).filter(({ needs = [] }) => needs.includes("virtual-time"));

/** That several draws differ is what these are about. */
test.for([
  ["0", ["retry-after.jitter", "retry.backoff-jitter"]],
  ["0.9999999999", ["retry.backoff-jitter"]],
] as const)("every draw is %s", async ([value, failing]) => {
  const out = mkdtempSync(join(tmpdir(), "whisperr-chance-"));
  onTestFinished(() => rmSync(out, { recursive: true }));
  const args = ["--subject", "sources", "--out", out, "--case", ...timed.map(({ id }) => id)];
  const env = {
    ...process.env,
    NODE_OPTIONS: `--import=data:text/javascript,Math.random=()=>${value}`,
  };
  await new Promise((resolve) =>
    execFile(process.execPath, [join(conformance, "src/main.ts"), ...args], { env }, resolve),
  );
  const { subjects } = JSON.parse(readFileSync(join(out, "conformance.json"), "utf8")) as {
    subjects: { results: { case: string; verdict: string }[] }[];
  };
  const results = subjects.flatMap((subject) => subject.results);
  const named = (verdict: string) =>
    results
      .filter((one) => one.verdict === verdict)
      .map((one) => one.case)
      .sort();
  expect(named("failed")).toEqual(failing);
  expect(named("passed").length).toBeGreaterThan(80);
});
