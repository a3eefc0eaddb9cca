/** JUnit XML, one test suite per subject, for whatever shows test results. */
import { getJunitXml, type TestCase } from "junit-xml";
import { requestLine } from "../runner/exchange.ts";
import { failsTheRun } from "../runner/results.ts";
import { printable } from "./printable.ts";
import type { ReportedResult, RunReport } from "./run-report.ts";

export function junitReport({ cases, subjects, elapsedMs }: RunReport): string {
  const titles = new Map(cases.map(({ id, title }) => [id, title]));
  const xml = getJunitXml({
    name: "conformance",
    time: elapsedMs / 1000,
    suites: subjects.map((subject) => ({
      name: subject.title,
      time: subject.elapsedMs / 1000,
      testCases: subject.results.map((result) =>
        testCase(result, `${result.case}: ${titles.get(result.case) ?? ""}`, subject.name),
      ),
    })),
  });
  return printable(xml);
}

/** A case that was not run or failed as known is shown as skipped, with its reason as output. */
function testCase(result: ReportedResult, name: string, subject: string): TestCase {
  const { verdict, problems, exchange, knownReason, elapsedMs } = result;
  const base: TestCase = { name, classname: `conformance.${subject}`, time: elapsedMs / 1000 };
  if (verdict === "passed") return base;
  if (!failsTheRun(verdict))
    return { ...base, skipped: true, systemOut: [knownReason ?? problems.join("\n")] };
  const message =
    verdict === "failed" ? problems.join("\n") : `passes, but is listed as failing: ${knownReason}`;
  return { ...base, failures: [{ message, type: verdict }], systemOut: exchange.map(requestLine) };
}
