/**
 * Which case holds an SDK to which sentence of the contract. `clauses.json` lists the sentences; from it, the cases and
 * the subjects comes COVERAGE.md. `node src/coverage.ts --write` writes it anew; without `--write` it only says what is missing.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Case } from "./case.ts";
import { table } from "./facts/document.ts";
import { loadCases, loadSubjects } from "./load.ts";
import type { Subject } from "./subject.ts";

export interface Clause {
  /** Section of the contract and a word; cases name it. */
  id: string;
  /** The words of CONTRACT.md that it stands for, in the section of its number; "…" stands for what is left out between them. */
  says: string;
  /** Tests that show what no case can, or more of it; from the repository's root. */
  shownBy?: string[];
  /** Why nothing shows it yet. */
  notYet?: string;
}

const folder = join(import.meta.dirname, "..");
const page = join(folder, "COVERAGE.md");

export function loadClauses(): Clause[] {
  return JSON.parse(readFileSync(join(folder, "clauses.json"), "utf8")) as Clause[];
}

/** What is wrong with the list of clauses, in sentences; none when every sentence has what shows it. */
export function coverageProblems(
  clauses: readonly Clause[],
  cases: readonly Case[],
  contract: string,
): string[] {
  const ids = clauses.map(({ id }) => id);
  return [
    ...ids.filter((id, index) => ids.indexOf(id) < index).map((id) => `${id} is there twice`),
    ...cases
      .filter(({ clause }) => !ids.includes(clause))
      .map(({ id, clause }) => `case ${id} names ${clause}, which is no clause`),
    ...clauses
      .filter((clause) => !isShown(clause, cases) && clause.notYet === undefined)
      .map(({ id }) => `nothing shows ${id}`),
    ...clauses
      .filter((clause) => isShown(clause, cases) && clause.notYet !== undefined)
      .map(({ id }) => `${id} is shown, and listed as not shown yet`),
    ...clauses
      .filter((clause) => !isSaid(clause, contract))
      .map(({ id }) => `CONTRACT.md does not say ${id}`),
    ...clauses.flatMap(({ id, shownBy = [] }) =>
      shownBy
        .filter((path) => !existsSync(join(folder, "..", path)))
        .map((path) => `${id} is shown by ${path}, which does not exist`),
    ),
  ];
}

function isShown({ id, shownBy }: Clause, cases: readonly Case[]): boolean {
  return shownBy !== undefined || cases.some(({ clause }) => clause === id);
}

/** Its words are there, in their order, whatever lines and tables they are laid out in. */
function isSaid({ id, says }: Clause, contract: string): boolean {
  const section = contract.split(/^## /m).find((text) => text.startsWith(`${id[0]}.`)) ?? "";
  const words = (text: string) => text.replaceAll(/[\s|]+/g, " ").trim();
  let rest = words(section);
  return says.split("…").every((part) => {
    const at = rest.indexOf(words(part));
    rest = rest.slice(at + 1);
    return at >= 0;
  });
}

/** COVERAGE.md. */
export function coveragePage(
  clauses: readonly Clause[],
  cases: readonly Case[],
  subjects: readonly Subject[],
): string {
  const must = cases.filter(({ level }) => level === "must").length;
  const open = clauses.filter(({ notYet }) => notYet !== undefined).length;
  const rows = clauses.map((clause) => {
    const own = cases.filter((theCase) => theCase.clause === clause.id);
    return [clause.id, clause.says, levels(own), shows(clause, own), runsOn(own, subjects)];
  });
  return `# Coverage

Which case holds an SDK to which sentence of [CONTRACT.md](CONTRACT.md): ${clauses.length} sentences, ${cases.length} cases, ${must} of them _must_; ${open} sentences have
nothing that shows them yet. Written by \`node src/coverage.ts --write\`, from \`clauses.json\` and \`cases/\`; a test fails when it is out of date.

${table(["Clause", "What the contract says", "must + should", "Shown by", "Can run on"], rows)}
`;
}

function levels(cases: readonly Case[]): string {
  const must = cases.filter(({ level }) => level === "must").length;
  return cases.length === 0 ? "" : `${must} + ${cases.length - must}`;
}

function shows({ shownBy = [], notYet }: Clause, cases: readonly Case[]): string {
  if (notYet !== undefined) return `_nothing yet: ${notYet}_`;
  const ids = cases.map(({ id }) => `\`${id}\``);
  const tests = shownBy.map((path) => `[${path.split("/").at(-1)}](../${path})`);
  return [...ids, ...tests].join(", ");
}

/**
 * Subjects with the capabilities for at least one of the cases, and not known to fail any. Those that have to be named do
 * not count.
 */
function runsOn(cases: readonly Case[], all: readonly Subject[]): string {
  if (cases.length === 0) return "";
  const subjects = all.filter(({ onlyWhenNamed }) => !onlyWhenNamed);
  const able = subjects.filter(
    ({ capabilities, knownFailures }) =>
      cases.some(({ needs = [] }) => needs.every((need) => capabilities.includes(need))) &&
      !cases.some(({ id }) => knownFailures.some((known) => known.case === id)),
  );
  const others = subjects.filter((subject) => !able.includes(subject));
  const names = (some: readonly Subject[]) => some.map(({ name }) => name).join(", ");
  if (others.length === 0) return `all ${subjects.length}`;
  return others.length < able.length ? `all but ${names(others)}` : names(able);
}

if (import.meta.main) {
  const [clauses, cases] = [loadClauses(), loadCases(folder)];
  const problems = coverageProblems(clauses, cases, readFileSync(join(folder, "CONTRACT.md"), "utf8"));
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
  if (process.argv.includes("--write"))
    writeFileSync(page, coveragePage(clauses, cases, loadSubjects(folder)));
}
