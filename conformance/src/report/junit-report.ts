/** JUnit XML, one test suite per subject, for whatever shows test results. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { getJunitXml, type TestCase } from "junit-xml";
import { type CaseResult, failsTheRun, type SubjectResult } from "../runner/results.ts";

export function writeJunitReport(path: string, results: readonly SubjectResult[]): void {
  const xml = getJunitXml({
    name: "conformance",
    suites: results.map(({ subject, results: cases, elapsedMs }) => ({
      name: subject.title,
      time: elapsedMs / 1000,
      testCases: cases.map((result) => testCase(result, subject.name)),
    })),
  });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, xml);
}

/** A case that was not run or failed as known is shown as skipped, with its reason as output. */
function testCase(result: CaseResult, subject: string): TestCase {
  const { verdict, problems, exchange, knownReason, elapsedMs } = result;
  const base: TestCase = {
    name: `${result.case.id}: ${result.case.title}`,
    classname: `conformance.${subject}`,
    time: elapsedMs / 1000,
  };
  if (verdict === "passed") return base;
  if (!failsTheRun(verdict))
    return { ...base, skipped: true, systemOut: [knownReason ?? problems.join("\n")] };
  const message =
    verdict === "failed" ? problems.join("\n") : `passes, but is listed as failing: ${knownReason}`;
  return { ...base, failures: [{ message, type: verdict }], systemOut: exchange };
}
