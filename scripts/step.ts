/** One step of a check: a command, run as it is, and what became of the tests in it. */
import { spawn } from "node:child_process";
import { globSync, readFileSync, rmSync } from "node:fs";
import { noTests, readReport, type Tests } from "./junit.ts";

export interface Step {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  /** JUnit reports it writes, as a glob: its tests are counted from them. Without, it counts as one by its exit code. */
  readonly reports?: string;
}

export interface StepResult extends Tests {
  readonly name: string;
  readonly seconds: number;
  /** Nothing it reads has changed since it last passed, so that it did not run again. */
  readonly cached: boolean;
}

/** Of turbo: tasks that run live, one after the other's line; what is unchanged is not run again. */
export function turbo(...tasks: string[]): Step["command"] {
  return [
    "turbo",
    "run",
    ...tasks,
    "--output-logs=new-only",
    "--log-order=stream",
    "--continue",
    "--summarize",
  ];
}

export async function runStep({ name, command: [program, ...args], reports }: Step): Promise<StepResult> {
  if (reports !== undefined) for (const file of globSync(reports)) rmSync(file);
  console.log(`\n▶ ${name}`);
  const startedMs = performance.now();
  const ok = await run(program, args);
  const seconds = (performance.now() - startedMs) / 1000;
  const tests = reports === undefined ? alone(ok) : counted(ok, globSync(reports));
  console.log(`${tests.failed === 0 ? "✔" : "✘"} ${name}, ${seconds.toFixed(1)} s`);
  return { name, seconds, cached: program === "turbo" && isCached(args), ...tests };
}

function run(program: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(program, args, {
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  return new Promise((resolve) => {
    child.on("error", (error) => {
      console.error(error.message);
      resolve(false);
    });
    child.on("close", (code) => resolve(code === 0));
  });
}

function alone(ok: boolean): Tests {
  return { ...noTests, passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
}

/** A runner that broke down before it wrote its report must not look like one with nothing to say. */
function counted(ok: boolean, files: readonly string[]): Tests {
  const tests = files.map((file) => readReport(readFileSync(file, "utf8"))).reduce(added, noTests);
  const silent = tests.passed + tests.failed === 0 || (!ok && tests.failed === 0);
  return silent ? { ...tests, failed: tests.failed + 1 } : tests;
}

function added(a: Tests, b: Tests): Tests {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    failures: [...a.failures, ...b.failures],
    notRun: [...a.notRun, ...b.notRun],
  };
}

/** Where turbo writes what each task of a run was. A check begins without those of earlier ones. */
export const SUMMARIES = ".turbo/runs";

interface Summary {
  readonly execution: { readonly command: string };
  readonly tasks: readonly {
    readonly command: string;
    readonly cache: { readonly status: "HIT" | "MISS" };
  }[];
}

/** Of turbo's run with these arguments: steps run side by side. */
function isCached([, task]: readonly string[]): boolean {
  const summaries = globSync(`${SUMMARIES}/*.json`).map(
    (file) => JSON.parse(readFileSync(file, "utf8")) as Summary,
  );
  const own = summaries.find(({ execution }) => execution.command.startsWith(`turbo run ${task} `));
  const tasks = own?.tasks.filter(({ command }) => command !== "<NONEXISTENT>");
  return tasks?.every(({ cache }) => cache.status === "HIT") ?? false;
}
