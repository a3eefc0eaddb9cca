/** Random tests against a model, such as core's, each round with another seed. */
import { execFile } from "node:child_process";
import { randomInt } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import type { Finding, Job } from "./job.ts";
import { whatEnded } from "./what-failed.ts";

const TESTS = "packages/*/test/*model.test.ts";
const COUNTEREXAMPLES = "packages/*/test/counterexamples/*.json";

/** Rounds: each runs all models some hundred times. */
export const models: Job = async (ms, tell) => {
  const untilMs = performance.now() + ms;
  do {
    const before = new Set(globSync(COUNTEREXAMPLES));
    const seed = randomInt(2 ** 31);
    const failure = await runTests(seed);
    tell({ runs: 1, known: 0 });
    if (failure === undefined) continue;
    const files = globSync(COUNTEREXAMPLES).filter((file) => !before.has(file));
    const findings = files.map(findingIn);
    if (findings.length === 0) findings.push({ what: failure, replay: command(seed) });
    for (const finding of findings) tell({ runs: 0, known: 0, finding });
  } while (performance.now() < untilMs);
};

/** Resolves with what went wrong, if something did. */
function runTests(seed: number): Promise<string | undefined> {
  const args = ["run", "--maxWorkers=1", "--reporter=dot", ...globSync(TESTS)];
  const env = { ...process.env, FC_SEED: String(seed), FUZZ: "1", NO_COLOR: "1" };
  return new Promise((resolve, reject) => {
    const options = { env, maxBuffer: Number.POSITIVE_INFINITY };
    const child = execFile("vitest", args, options, (error, stdout, stderr) => {
      if (error === null) resolve(undefined);
      // It was never started: its exit code would be a number.
      else if (typeof error.code === "string") reject(error);
      else resolve(whatEnded(stdout + stderr, child.exitCode, child.signalCode));
    });
  });
}

/** As `keep-counterexample.ts` writes it. */
interface Counterexample {
  readonly what: string;
  readonly seed: number;
  readonly path: string;
}

function findingIn(file: string): Finding {
  const { what, seed, path } = JSON.parse(readFileSync(file, "utf8")) as Counterexample;
  const test = /counterexamples\/(.*)-\d+\.json$/.exec(file.replaceAll("\\", "/"))?.[1];
  return { what, file, replay: `FC_PATH=${path} ${command(seed)}/${test}.test.ts` };
}

function command(seed: number): string {
  return `FC_SEED=${seed} npx vitest run --project core test`;
}
