import { expect, test } from "vitest";
import { reportedProblems } from "./reported-problems.ts";

test("what somebody can read is left as it is", () => {
  const problems = ["expected 1, got 2", "x".repeat(4_000)];
  expect(reportedProblems(problems)).toEqual(problems);
  expect(reportedProblems([])).toEqual([]);
});

test("the rest is counted", () => {
  const endless = Array.from({ length: 5_000 }, () => "x".repeat(100_000));
  const reported = reportedProblems(endless);
  expect(reported).toHaveLength(101);
  expect(reported[0]).toMatch(/^x{4000}… \(96000 characters more\)$/);
  expect(reported.at(-1)).toBe("and 4900 more");
});
