import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { loadCases, loadSubjects } from "../load.ts";
import { exampleReport, reportOfFailures } from "../report/report-fixture.ts";
import type { ReportedCase } from "../report/run-report.ts";
import { UsageError } from "../usage-error.ts";
import { parseOptions } from "./options.ts";
import { chosenPlan, type Plan, planText } from "./plan.ts";
import { replayPlan } from "./replay.ts";

const folder = join(import.meta.dirname, "..", "..");
const subjects = loadSubjects(folder);
const cases = loadCases(folder);
const made = mkdtempSync(join(tmpdir(), "whisperr-plan-"));
afterAll(() => rmSync(made, { recursive: true }));

const parsed = (...args: string[]) => parseOptions(["node", "whisperr-conformance", ...args], folder);
const planned = (...args: string[]) => chosenPlan(subjects, cases, parsed(...args));
const subjectsOf = (plan: Plan) => plan.map(({ subject }) => subject.name);
const casesOf = (plan: Plan) => plan[0]?.cases.map(({ id }) => id) ?? [];

describe("what is asked for", () => {
  test("is all that need not be named without options, with all reports, in the suite's own folder", () => {
    const others = subjectsOf(planned("--subject", "sources", "0-1", "0-2"));
    expect(others).toHaveLength(3);
    const all = subjects.map(({ name }) => name);
    expect(subjectsOf(planned())).toEqual(all.filter((name) => !others.includes(name)));
    expect(casesOf(planned())).toHaveLength(cases.length);
    expect(parsed()).toEqual({
      subjects: join(folder, "subjects"),
      report: ["junit", "json", "html"],
      out: join(folder, "reports"),
    });
    expect(parsed("--report", "json,junit").report).toEqual(["junit", "json"]);
  });

  test("is a name where a text is one, and otherwise every name it is part of", () => {
    expect(subjectsOf(planned("--subject", "node22"))).toEqual(["node22"]);
    expect(subjectsOf(planned("--subject", "node.js 22"))).toEqual(["node22"]);
    expect(subjectsOf(planned("--subject", "node2"))).toEqual([
      "node20",
      "node22-cjs",
      "node22",
      "node24",
      "node26",
    ]);
    expect(casesOf(planned("--case", "flush.at"))).toEqual(["flush.at"]);
    expect(casesOf(planned("--case", "retry-after.", "flush.at"))).toContain("retry-after.capped");
  });

  test("is of one level", () => {
    const levels = planned("--level", "should")[0]?.cases.map(({ level }) => level);
    expect(new Set(levels)).toEqual(new Set(["should"]));
  });

  test("can be shown instead of run", () => {
    const text = planText(planned("--subject", "node26", "--case", "event.headers"));
    expect(text).toMatch(
      /^subject node26: Node\.js 26\ncase event\.headers \(1\.headers, must\): .*\n1 subjects, 1 cases\n$/,
    );
  });
});

test.each([
  ["an unknown format", ["--report", "junit,pdf"], /no pdf, only junit, json, html/],
  ["an unknown level", ["--level", "may"], /choices are must, should/],
  [
    "a subject that finds nothing",
    ["--subject", "node26", "pyton"],
    /--subject pyton finds nothing; the nearest is "python"; --list shows/,
  ],
  ["a case that finds nothing", ["--case", "no-such-case"], /--case no-such-case finds nothing/],
  ["a case of another level", ["--level", "should", "--case", "event.headers"], /finds nothing/],
  ["an unknown option", ["--fast"], /unknown option '--fast'/],
  ["an argument", ["node26"], /too many arguments/],
  ["a replay of a part", ["--replay", "other.json", "--case", "a"], /cannot be used with/],
  ["a replay with reports", ["--replay", "other.json", "--report", "json"], /cannot be used with/],
])("%s is refused", (_what, args, why) => {
  // Commander says it to the user at once, too.
  vi.spyOn(process.stderr, "write").mockReturnValueOnce(true);
  expect(() => planned(...args)).toThrow(why);
});

describe("a replay", () => {
  const sample = cases.find(({ id }) => id === "event.headers") as ReportedCase;

  function replayOf(report: unknown): Plan {
    const file = join(made, "report.json");
    writeFileSync(file, typeof report === "string" ? report : JSON.stringify(report));
    return replayPlan(file, subjects);
  }

  test("is of what failed the run and nothing else, as it was", () => {
    const changed = { ...sample, title: "as it was then" };
    const report = reportOfFailures("node26", [changed, { ...sample, id: "another" }]);
    const [subject] = report.subjects;
    if (subject?.results[1]) subject.results[1].verdict = "known-failure";
    const plan = replayOf(report);
    expect(subjectsOf(plan)).toEqual(["node26"]);
    expect(plan[0]?.cases).toEqual([changed]);
  });

  test.each<[string, unknown, RegExp]>([
    ["a file that is no JSON", "{", /report\.json cannot be read/],
    ["a file that is no report", { format: 2 }, /no report of a run[\s\S]*format/],
    ["a report without failures", { ...exampleReport, subjects: [] }, /nothing to replay/],
    [
      "a subject that is gone",
      reportOfFailures("node1", [sample]),
      /there is no subject node1, .*--subjects/,
    ],
    [
      "a case that is none",
      reportOfFailures("node26", [{ ...sample, level: "may" } as never]),
      /not match its schema/,
    ],
  ])("cannot be of %s", (_what, report, why) => {
    expect(() => replayOf(report)).toThrow(UsageError);
    expect(() => replayOf(report)).toThrow(why);
  });
});
