import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { CaseResult, SubjectResult, Verdict } from "../runner/results.ts";
import { printSummary } from "./console-report.ts";
import { writeJunitReport } from "./junit-report.ts";

function result(id: string, verdict: Verdict, more: Partial<CaseResult> = {}): CaseResult {
  const theCase = {
    id,
    title: `about ${id}`,
    clause: "4.retry",
    level: "must",
    steps: [],
    expect: {},
  } as const;
  return { case: { ...theCase, steps: [] }, verdict, problems: [], exchange: [], elapsedMs: 5, ...more };
}

const subject = {
  name: "node1",
  title: "Node 1",
  command: "",
  args: [],
  capabilities: [],
  knownFailures: [],
};
const results: SubjectResult[] = [
  {
    subject,
    elapsedMs: 20,
    results: [
      result("fine", "passed"),
      result("broken", "failed", { problems: ["expected 1, got 2"], exchange: ["#0 POST /v1/events/batch"] }),
      result("known", "known-failure", { knownReason: "issue 12" }),
      result("mended", "unexpected-pass", { knownReason: "issue 13" }),
      result("elsewhere", "not-run", { problems: ["needs virtual-time"] }),
    ],
  },
];

test("the summary shows each failure with its exchange, each exception with its reason, and the figures", () => {
  let text = "";
  printSummary(results, (more) => {
    text += more;
  });
  expect(text).toMatch(/failed: broken on Node 1.*expected 1, got 2.*#0 POST/s);
  expect(text).toMatch(/known-failure: known on Node 1: issue 12/);
  expect(text).toMatch(/passes, but is listed as failing: issue 13/);
  expect(text).toMatch(/not run on Node 1: 1 cases \(needs virtual-time\): elsewhere/);
  expect(text).toMatch(/Node 1 +1 +1 +1 +1 +1\n/);
});

test("the JUnit report counts what fails the run as failures and the rest as skipped", () => {
  const folder = mkdtempSync(join(tmpdir(), "report-"));
  const path = join(folder, "reports", "conformance.xml");
  writeJunitReport(path, results);
  const xml = readFileSync(path, "utf8");
  rmSync(folder, { recursive: true });
  expect(xml).toMatch(/tests="5"[^>]*failures="2"[^>]*skipped="2"/);
  expect(xml).toContain("broken: about broken");
});
