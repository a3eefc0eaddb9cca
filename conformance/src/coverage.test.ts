import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Clause, coveragePage, coverageProblems, loadClauses } from "./coverage.ts";
import { loadCases, loadSubjects } from "./load.ts";

const folder = join(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(folder, file), "utf8");
const cases = loadCases(folder);
const clauses = loadClauses();
const contract = read("CONTRACT.md");

test("every clause has a case or a test, is in the contract, and every case names one", () => {
  expect(coverageProblems(clauses, cases, contract)).toEqual([]);
});

test("COVERAGE.md is what `node src/coverage.ts --write` writes", () => {
  expect(read("COVERAGE.md")).toBe(coveragePage(clauses, cases, loadSubjects(folder)));
});

const flush: Clause = { id: "5.flush", says: "A flush begins … on `flush()`" };
const [sample] = cases.filter(({ id }) => id === "flush.empty");
if (!sample) throw new Error("flush.empty is gone");

test.each<[string, Clause[], RegExp]>([
  [
    "a clause that nothing shows",
    [flush, { id: "5.order", says: "One queue, one order" }],
    /^nothing shows 5\.order$/,
  ],
  [
    "a clause that is shown and yet said not to be",
    [{ ...flush, notYet: "No SDK does it yet." }],
    /^5\.flush is shown, and listed as not shown yet$/,
  ],
  ["a case of an unknown clause", [], /^case flush\.empty names 5\.flush, which is no clause$/],
  ["a clause twice", [flush, flush], /^5\.flush is there twice$/],
  [
    "words that are not in the contract",
    [{ ...flush, says: "A flush never begins" }],
    /does not say 5\.flush$/,
  ],
  ["words in another order", [{ ...flush, says: "on `flush()` … A flush begins" }], /does not say 5\.flush$/],
  [
    "words of another section",
    [flush, { id: "4.x", says: "One queue", shownBy: ["README.md"] }],
    /does not say 4\.x$/,
  ],
  [
    "a test that is not there",
    [{ ...flush, shownBy: ["packages/none.test.ts"] }],
    /none\.test\.ts, which does not exist$/,
  ],
])("%s is found", (_what, some, problem) => {
  expect(coverageProblems(some, [sample], contract)).toEqual([expect.stringMatching(problem)]);
});

test("a clause that nothing shows yet says why, and does so on the page", () => {
  const open: Clause = { id: "5.order", says: "One queue, one order", notYet: "No SDK does it yet." };
  expect(coverageProblems([flush, open], [sample], contract)).toEqual([]);
  expect(coveragePage([open], [], [])).toContain("_nothing yet: No SDK does it yet._");
});

test("a row says who can run its cases", () => {
  const page = coveragePage(clauses, cases, loadSubjects(folder));
  expect(page).toMatch(/\| 5\.flush +\|.*\| `flush\.empty`, .* \| all \d+ +\|/);
  expect(page).toMatch(/\| 2\.for-user +\|.*\| all but chromium-es2020, chromium-slim, chromium,/);
  expect(page).toMatch(/\| 6\.hold +\|.*\| chromium, firefox, webkit/);
});
