/** The command as people start it: as a process, judged by what it prints, writes and ends with. */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { loadCases } from "../load.ts";
import { reportOfFailures } from "../report/report-fixture.ts";
import type { ReportedCase, RunReport } from "../report/run-report.ts";

const folder = join(import.meta.dirname, "..", "..");
const out = mkdtempSync(join(tmpdir(), "whisperr-cli-"));
afterAll(() => rmSync(out, { recursive: true }));

function whisperrConformance(...args: string[]) {
  const command = [join(folder, "bin", "whisperr-conformance.js"), ...args];
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, CI: undefined };
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: out,
    env,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

function caseCalled(id: string): ReportedCase {
  const found = loadCases(folder).find((theCase) => theCase.id === id);
  if (!found) throw new Error(`there is no case ${id}`);
  return found;
}

/** Writes what a run would have left in which this case had failed on Node 26. */
function failedRun(name: string, theCase: ReportedCase): string {
  const file = join(out, name);
  writeFileSync(file, JSON.stringify(reportOfFailures("node26", [theCase])));
  return file;
}

describe("a run", () => {
  test("tells how each subject ended, writes the reports asked for and ends with 0 when all is well", () => {
    const stale = join(out, "reports", "failures", "node26--mended-long-ago.json");
    mkdirSync(join(stale, ".."), { recursive: true });
    writeFileSync(stale, "{}");
    const args = ["--subject", "node26", "--case", "event.headers", "retry.statuses", "--out", "reports"];
    const { status, stdout } = whisperrConformance(...args);
    expect(stdout).toMatch(/Node\.js 26: 2 passed, \d+\.\d s\n[\s\S]*conformance: 2 passed, 0 failed/);
    expect(status).toBe(0);
    expect(readdirSync(join(out, "reports")).sort()).toEqual([
      "conformance.html",
      "conformance.json",
      "conformance.xml",
    ]);
    const report = JSON.parse(readFileSync(join(out, "reports", "conformance.json"), "utf8")) as RunReport;
    expect(report.cases.map(({ id, file }) => [id, file])).toEqual([
      ["retry.statuses", "answers-retry.json"],
      ["event.headers", "event-envelope.json"],
    ]);
    expect(report.subjects[0]?.results.map(({ verdict }) => verdict)).toEqual(["passed", "passed"]);
  });
});

test("a folder of failures may hold what is somebody else's, and whoever reads may go away before the end", () => {
  const failures = join(out, "shared", "failures");
  mkdirSync(failures, { recursive: true });
  for (const name of ["node26--mended.json", "notes.json"]) writeFileSync(join(failures, name), "{}");
  const args = ["--subject", "node26", "--case", "event.headers", "--out", "shared"];
  const command = [process.execPath, join(folder, "bin", "whisperr-conformance.js"), ...args];
  // What reads ends at the first line.
  const { stderr } = spawnSync("sh", ["-c", '"$@" | head -n 1', "sh", ...command], {
    cwd: out,
    encoding: "utf8",
  });

  expect(stderr).toBe("");
  expect(existsSync(join(out, "shared", "conformance.json"))).toBe(true);
  expect(readdirSync(failures)).toEqual(["notes.json"]);
});

test("subjects can be anywhere: their paths start from the folder above that of their files", () => {
  const mine = {
    name: "mine",
    title: "Mine",
    command: process.execPath,
    args: ["mine.mjs"],
    capabilities: ["virtual-time"],
    knownFailures: [],
  };
  mkdirSync(join(out, "subjects"));
  writeFileSync(join(out, "subjects", "mine.json"), JSON.stringify(mine));
  const driver = pathToFileURL(join(folder, "sdks", "dist", "node.js"));
  writeFileSync(join(out, "mine.mjs"), `await import("${driver}");`);
  const { status, stdout } = whisperrConformance("--subjects", "subjects", "--case", "event.headers");
  expect(stdout).toMatch(/^Mine +1 +0 +0 +0 +0$/m);
  expect(status).toBe(0);
});

describe("a replay", () => {
  test("runs a failed case as the file has it, and says that it still fails", () => {
    const file = failedRun("still.json", { ...caseCalled("event.headers"), expect: { requestCount: 7 } });
    const { status, stdout } = whisperrConformance("--replay", file);
    expect(stdout).toMatch(
      /number of requests: expected 7, got 1[\s\S]*still fails: event\.headers on Node\.js 26\n$/,
    );
    expect(stdout).toContain(`npx whisperr-conformance --replay ${file}`);
    expect(status).toBe(1);
  });

  test("is what the last line of a failure starts, wherever subjects and reports are", () => {
    const mine = {
      name: "stale",
      title: "Stale",
      command: process.execPath,
      args: [join(folder, "sdks", "dist", "node.js")],
      capabilities: ["virtual-time"],
      knownFailures: [{ reason: "It was mended long ago.", cases: ["event.headers"] }],
    };
    mkdirSync(join(out, "elsewhere"));
    writeFileSync(join(out, "elsewhere", "stale.json"), JSON.stringify(mine));
    const args = ["--subjects", "elsewhere", "--case", "event.headers", "--out", "there"];
    const { stdout } = whisperrConformance(...args);
    const [, again = ""] = /npx whisperr-conformance (--replay .*)/.exec(stdout) ?? [];
    const replayed = whisperrConformance(...again.split(" "));
    expect(replayed).toMatchObject({ status: 1, stderr: "" });
    expect(replayed.stdout).toContain(`npx whisperr-conformance ${again}\n`);
    expect(replayed.stdout).toMatch(/still passes unexpectedly: event\.headers on Stale\n$/);
  });

  test("says that one passes now, and leaves the reports of the run alone", () => {
    const { status, stdout } = whisperrConformance(
      "--replay",
      failedRun("now.json", caseCalled("event.headers")),
    );
    expect(stdout).toMatch(/passes now: event\.headers on Node\.js 26\n$/);
    expect(status).toBe(0);
    expect(existsSync(join(out, "failures"))).toBe(false);
  });
});

writeFileSync(join(out, "a-file"), "{}");

test.each<[string, string[], RegExp]>([
  ["an option", ["--level", "may"], /choices are must, should/],
  ["a file", ["--replay", "nowhere.json"], /error: nowhere\.json cannot be read/],
  ["a folder", ["--subjects", "nowhere"], /error: .*nowhere cannot be read/],
  [
    "a folder for reports",
    ["--out", "a-file", "--subject", "node26", "--case", "event.headers"],
    /error: --out a-file: EEXIST/,
  ],
  // Node makes a folder and those above it without end in the first, and the second says that it may be written.
  ...(process.platform === "linux" ? ["/proc/reports", "/proc"] : []).map(
    (folder): [string, string[], RegExp] => [
      `a folder for reports in ${folder}`,
      ["--out", folder, "--subject", "node26", "--case", "event.headers"],
      /error: --out \/proc.*: (ENOENT|EACCES|EPERM)/,
    ],
  ),
  ["a seed", ["simulate", "--seed", "x"], /error: .*'x' is invalid/],
  ["a run of no worlds", ["simulate", "--seeds", "0"], /error: .*'0' is invalid.*It must be 1 or more/],
  ["a world", ["simulate", "--replay", "nowhere.json"], /error: .*'nowhere\.json' is invalid.*ENOENT/],
  ["a file with no world", ["simulate", "--replay", "a-file"], /error: .*It holds no world/],
  ["a fleet of one world", ["simulate", "--fleet", "--seed", "1"], /'--fleet' cannot be used with/],
])("%s that is not understood ends it with 2, and no stack trace", (_what, args, why) => {
  const { status, stdout, stderr } = whisperrConformance(...args);
  expect(stderr).toMatch(why);
  expect(stderr).not.toContain("    at ");
  expect([status, stdout]).toEqual([2, ""]);
});
