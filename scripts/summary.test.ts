/** What `npm test` says at its end is true: what failed, what was not run and why, and one plain line over everything. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { readReport } from "./junit.ts";
import { runStep, type Step } from "./step.ts";
import { summary } from "./summary.ts";

/** As the conformance suite and as vitest write them. */
const REPORT = `<?xml version="1.0" encoding="UTF-8" ?>
<testsuites>
  <testsuite name="Node.js 26">
    <testcase name="flush.at: a &lt;name&gt;"></testcase>
    <testcase name="retry.statuses"><error type="failed">got 1
got 2</error><system-out>POST</system-out></testcase>
    <testcase name="consent.opt-in"><skipped></skipped><system-out>needs client</system-out></testcase>
  </testsuite>
  <testsuite name="cost.scenario.ts">
    <testcase name="webkit: is missing"><skipped/></testcase>
    <testcase name="firefox"><failure message="took 3 calls">…</failure></testcase>
  </testsuite>
</testsuites>`;

describe("a report", () => {
  test("says what passed, what failed, and why the rest was not run", () => {
    expect(readReport(REPORT)).toEqual({
      passed: 1,
      failed: 2,
      failures: ["Node.js 26 > retry.statuses: got 1", "cost.scenario.ts > firefox: took 3 calls"],
      notRun: [
        { suite: "Node.js 26", why: "needs client" },
        { suite: "cost.scenario.ts", why: "webkit: is missing" },
      ],
    });
  });

  test("may be one of no tests", () => {
    expect(readReport("<testsuites></testsuites>")).toEqual({
      passed: 0,
      failed: 0,
      failures: [],
      notRun: [],
    });
  });
});

describe("a step", () => {
  /** Runs `program` in a Node of its own, where `REPORT_FILE` is a path that `reports` finds. */
  async function resultOf(program: string, report?: string) {
    const folder = mkdtempSync(join(tmpdir(), "whisperr-step-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    vi.spyOn(console, "log").mockReturnValue();
    const file = JSON.stringify(join(folder, "report.xml"));
    const write = `require("node:fs").writeFileSync(${file}, ${JSON.stringify(report ?? "")});`;
    const step: Step = {
      name: "tests",
      command: ["node", "--eval", `${report === undefined ? "" : write}${program}`],
      reports: join(folder, "*.xml"),
    };
    // Of an earlier run.
    writeFileSync(join(folder, "old.xml"), REPORT);
    const { passed, failed } = await runStep(step);
    return { passed, failed };
  }

  const good = REPORT.replace(/<(failure|error)[\s\S]*?<\/\1>/g, "");

  test("counts what its report of this run says", async () => {
    expect(await resultOf("", good)).toEqual({ passed: 3, failed: 0 });
    expect(await resultOf("process.exit(1)", REPORT)).toEqual({ passed: 1, failed: 2 });
  });

  test("that breaks down has failed, whatever its report says", async () => {
    expect(await resultOf("process.exit(1)", good)).toEqual({ passed: 3, failed: 1 });
    expect(await resultOf("process.exit(1)")).toEqual({ passed: 0, failed: 1 });
  });

  test("that ran no test has not passed", async () => {
    expect(await resultOf("")).toEqual({ passed: 0, failed: 1 });
    expect(await resultOf("", "<testsuites></testsuites>")).toEqual({ passed: 0, failed: 1 });
  });

  test("without reports counts as one, by how it ends", async () => {
    vi.spyOn(console, "log").mockReturnValue();
    vi.spyOn(console, "error").mockReturnValue();
    const ends = async (...command: Step["command"]) => (await runStep({ name: "lint", command })).failed;
    expect(await ends("node", "--eval", "")).toBe(0);
    expect(await ends("node", "--eval", "process.exit(2)")).toBe(1);
    expect(await ends("no-such-command")).toBe(1);
  });
});

describe("the end of a check", () => {
  const result = {
    name: "conformance",
    seconds: 12.34,
    cached: false,
    passed: 3,
    failed: 0,
    failures: [],
    notRun: [],
  };

  test("is one plain line", () => {
    expect(summary([result], 0).split("\n").at(-1)).toBe("3 passed, 0 failed");
    expect(
      summary([result, { ...result, failed: 2 }], 0)
        .split("\n")
        .at(-1),
    ).toBe("6 passed, 2 failed");
  });

  test("counts what was not run apart, and says why, by reason", () => {
    const notRun = ["node18", "node20"].map((suite) => ({ suite, why: "needs client" }));
    const text = summary([{ ...result, notRun }], 0, ["random seeds (npm run fuzz)"]);
    expect(text).toContain("not run: 2 of conformance: needs client (node18, node20)");
    expect(text).toContain("not run: random seeds (npm run fuzz)");
    expect(text.split("\n").at(-1)).toBe("3 passed, 0 failed, 2 skipped");
  });

  test("names what failed just before the last line", () => {
    const failures = ["Node.js 26 > retry.statuses: got 1"];
    const lines = summary(
      [
        { ...result, failed: 1, failures },
        { ...result, name: "lint", failed: 1 },
      ],
      0,
    ).split("\n");
    expect(lines.slice(-3, -1)).toEqual([
      "failed: conformance: Node.js 26 > retry.statuses: got 1",
      "failed: lint",
    ]);
  });

  test("has a row for each step, and says of one that nothing changed for it", () => {
    const text = summary([result, { ...result, name: "edge", cached: true }], 20);
    expect(text).toMatch(/^conformance +12\.3 s +3 +0 +0$/m);
    expect(text).toMatch(/^edge +12\.3 s +3 +0 +0 +passed before, and nothing it reads has changed$/m);
    expect(text).toMatch(/^together +20\.0 s$/m);
  });
});
