/** Whatever a driver does (control-server.test.ts has more that it may post): its case fails with what it did, the cases after it run, and the run is reported. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Case } from "../case.ts";
import { runPlan } from "../cli/run-plan.ts";
import type { WireObject } from "../protocol.ts";
import { consoleReport } from "../report/console-report.ts";
import { reportFiles } from "../report/report-files.ts";
import { exampleReport } from "../report/report-fixture.ts";
import type { ReportedCase, ReportedSubject, RunReport } from "../report/run-report.ts";
import type { Subject } from "../subject.ts";
import { type ControlServer, startControlServer } from "./control-server.ts";
import { countVerdicts } from "./results.ts";
import { runSubject } from "./run-subject.ts";

/** Of a command that is never answered, and of the others: far more than they need, on any machine. */
const HURRIED_MS = 5_000;
const PATIENT_MS = 120_000;

const folder = join(import.meta.dirname, "..", "..");
const hostile: Subject = {
  name: "hostile",
  title: "Hostile",
  command: process.execPath,
  args: [join(import.meta.dirname, "hostile-driver.mjs")],
  capabilities: ["virtual-time"],
  knownFailures: [],
};

let control: ControlServer;
let hurried: ControlServer;
beforeAll(async () => {
  control = await startControlServer({ answerLimitMs: PATIENT_MS });
  hurried = await startControlServer({ answerLimitMs: HURRIED_MS });
});
afterAll(() => Promise.all([control.close(), hurried.close()]));

function aCase(id: string, options: WireObject, more: Partial<Case> = {}): Case {
  return {
    id,
    title: "a case",
    clause: "4.x",
    level: "must",
    client: { options },
    steps: [],
    expect: {},
    ...more,
  };
}

function run(cases: readonly Case[], subject = hostile, by = control): Promise<ReportedSubject> {
  return runSubject(subject, cases, { folder, control: by, onResult: () => {} });
}

/** Runs a case in which the driver misbehaves, and one after it, which passes. Resolves with what is said of the first. */
async function problemsOf(options: WireObject): Promise<string> {
  const by = options.behave === "hang" ? hurried : control;
  const { results } = await run(
    [aCase("before", {}), aCase("bad", options), aCase("after", {})],
    hostile,
    by,
  );
  expect(results.map(({ verdict }) => verdict)).toEqual(["passed", "failed", "passed"]);
  return results[1]?.problems.join("\n") ?? "";
}

describe.concurrent("fails its case alone: a driver that", () => {
  test.for<[string, WireObject, string]>([
    ["posts a page", { post: "<html>" }, 'result of "create" is no result: it is not JSON: <html>'],
    ["posts another command's answer", { post: '{"ok":true,"value":{"inFlight":0}}' }, "its value is not"],
    ["posts twice", { behave: "twice" }, 'result of "observe" is no result'],
    ["loses the connection", { behave: "cut" }, "the connection broke in the middle of it"],
    ["hangs", { behave: "hang" }, 'no answer to "create" within 5 s'],
    ["floods its output", { behave: "flood" }, "more than 16777216 characters to its standard streams"],
    ["ends", { behave: "exit" }, "the driver ended (3): "],
    [
      "has a timer that is due each millisecond",
      { behave: "ticks" },
      "a timer is due again and again: 101 times",
    ],
    ["makes request after request", { behave: "sends" }, "0 at the API, 1001 requests since"],
  ])("%s", async ([, options, words], { expect }) => {
    expect(await problemsOf(options)).toContain(words);
  });

  test("posts 10 MB", async ({ expect }) => {
    const post = `{"ok":true,"value":"${"x".repeat(10_000_000)}"}`;
    expect(await problemsOf({ post })).toContain("it has more than 8388608 bytes");
  });
});

test("a refused creation is told in the SDK's words, and no step is blamed for it", async () => {
  const steps: Case["steps"] = [{ track: ["user_1", "e1"] }, { flush: "first" }, { settled: "first" }];
  const { results } = await run([
    aCase("refused", { creation: "flushAt must be a whole number" }, { steps }),
    aCase("meant", { creation: "no key" }, { expect: { creationError: "no key" } }),
  ]);
  expect(results[0]?.problems).toEqual(["the SDK refused to be created: flushAt must be a whole number"]);
  expect(results[1]?.verdict).toBe("passed");
});

test("the run is reported, and nothing of what the driver printed is raw in it", async () => {
  const theCase: ReportedCase = { ...aCase("bad", { behave: "exit" }), file: "a.json", about: "hostility" };
  const planned = { subject: hostile, cases: [theCase] };
  const subjects = await runPlan([planned], { folder, control });
  const report: RunReport = { ...exampleReport, cases: [theCase], subjects };
  expect(countVerdicts(subjects.flatMap(({ results }) => results)).failed).toBe(1);
  const files = reportFiles(report, ["junit", "json", "html"]);
  expect(files).toHaveLength(4);
  const texts = [consoleReport(report, () => "a.json"), ...files.map(({ text }) => text)];
  for (const text of texts) {
    expect(text).toMatch(/the driver ended \(3\): \\{1,2}u001b\[2J.*All that ran passed/);
    expect(text).not.toContain("\u001b[2J");
  }
});

test("a driver that never answers is started three times, not once a case", async () => {
  const silent = { ...hostile, args: ["-e", "process.exitCode = 1"] };
  const { results } = await run(
    ["a", "b", "c", "d", "e"].map((id) => aCase(id, {})),
    silent,
  );
  const problems = results.flatMap((result) => result.problems);
  expect(problems.slice(0, 3)).toEqual(Array(3).fill(expect.stringContaining("the driver ended (1)")));
  expect(problems.slice(3)).toEqual(
    Array(2).fill(expect.stringContaining("3 times in a row, and answered nothing")),
  );
});

test("what a driver has started goes with it", async () => {
  // As `go run` and `npx` do: the driver is a child, and the signal reaches the parent alone.
  const mark = `left-behind-${process.pid}`;
  const script = `trap : TERM; '${process.execPath}' '${hostile.args[0]}' "$1" ${mark} & wait; wait`;
  const { results } = await run([aCase("a", {})], { ...hostile, command: "sh", args: ["-c", script, "sh"] });
  expect(results[0]?.verdict).toBe("passed");
  const isLeft = execFileSync("ps", ["-A", "-o", "args="], { encoding: "utf8" }).includes(mark);
  expect(isLeft).toBe(false);
});
