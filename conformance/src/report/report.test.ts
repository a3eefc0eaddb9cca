import { expect, test } from "vitest";
import { consoleReport, progressBar, replayText, subjectLine } from "./console-report.ts";
import { reportFiles } from "./report-files.ts";
import { exampleReport } from "./report-fixture.ts";
import type { ReportedSubject, RunReport } from "./run-report.ts";

const [subject] = exampleReport.subjects as [ReportedSubject];
const fileAt = (path: string) =>
  reportFiles(exampleReport, ["junit", "json"]).find((file) => file.path === path)?.text ?? "";

test("the console shows each failure with its exchange and replay, each exception with its reason, and the figures", () => {
  const text = consoleReport(exampleReport, (name, id) => `--replay out/${name}--${id}.json`);
  expect(text).toMatch(
    /failed: broken on Node 1.*expected 1, got 2.*#0 POST \/v1\/events\/batch \[e1\] -> 202 stored, Retry-After: 20 \(at 7 ms\)/s,
  );
  expect(text).toContain("npx whisperr-conformance --replay out/node1--broken.json");
  expect(text).toMatch(/known-failure on Node 1: issue 12: known\n/);
  expect(text).toMatch(/passes, but is listed as failing: issue 13/);
  expect(text).toMatch(/not-run on Node 1: needs virtual-time: elsewhere\n/);
  expect(text).toMatch(/Node 1 +1 +1 +1 +1 +1\n/);
  expect(text).toMatch(/conformance: 1 passed, 2 failed\n$/);
});

test("live lines say how far a subject is and how it ended", () => {
  expect(progressBar(5, 10, 2)).toMatch(/█.*░.* 5\/10.* 2 failed/);
  expect(progressBar(0, 0, 0)).toMatch(/ 0\/0$/);
  expect(subjectLine(subject)).toMatch(/^Node 1: 1 passed, 1 failed, .*1 not-run, 0\.0 s$/);
  expect(subjectLine({ ...subject, absent: "no such command" })).toBe("Node 1: not run, no such command");
});

test("a replay says of each case what became of it", () => {
  const text = replayText(exampleReport);
  expect(text).toMatch(/passes now.*: fine on Node 1\n.*still fails.*: broken on Node 1\n/);
});

test("the JUnit report counts what fails the run as failures and the rest as skipped", () => {
  const xml = fileAt("conformance.xml");
  expect(xml).toMatch(/tests="5"[^>]*failures="2"[^>]*skipped="2"/);
  expect(xml).toContain("broken: about broken");
});

test("the JSON report is the run, and each failure has a file of its own with nothing else in it", () => {
  expect(JSON.parse(fileAt("conformance.json"))).toEqual(exampleReport);
  const failures = reportFiles(exampleReport, []);
  expect(failures.map(({ path }) => path)).toEqual([
    "failures/node1--broken.json",
    "failures/node1--mended.json",
  ]);
  const alone = JSON.parse(failures[0]?.text ?? "") as RunReport;
  expect(alone.cases.map(({ id }) => id)).toEqual(["broken"]);
  expect(alone.subjects.map(({ results }) => results)).toEqual([[subject.results[1]]]);
});
