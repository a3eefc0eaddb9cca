/**
 * The tables of INTERPRETING.md that are made of the cases, and of what is known about the words in them.
 * `node src/facts/tables.ts --write` writes them anew; a test fails when they are out of date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Case } from "../case.ts";
import { loadCases } from "../load.ts";
import { table, withPart } from "./document.ts";
import { CLIENTS, EDGE, type OptionFact, PROCESSES, SERVER_AND_CLIENT } from "./options.ts";
import { REASONS } from "./reasons.ts";

const folder = join(import.meta.dirname, "../..");
const page = join(folder, "INTERPRETING.md");

/** The page with its tables made anew. */
export function withTables(text: string, cases: readonly Case[]): string {
  const tables = { options: optionTable(cases), reasons: reasonTable(cases), words: wordTable(cases) };
  return Object.entries(tables).reduce(
    (whole, [name, made]) => withPart(whole, name, `\n\n${made}\n\n`),
    text,
  );
}

/** The options that cases give, the reasons they expect: each has to be explained. */
export function usedOptions(theCase: Case): string[] {
  const reloads = theCase.steps.flatMap((step) =>
    "reload" in step && typeof step.reload === "object" ? Object.keys(step.reload.options) : [],
  );
  return [...Object.keys(theCase.client?.options ?? {}), ...reloads];
}

export function usedReasons({ steps, expect }: Case): string[] {
  const found: string[] = [];
  JSON.stringify([steps, expect], (key, value: unknown) => {
    if (key === "reason") found.push(...textsIn(value));
    if (key === "dropped" && typeof value === "object" && value !== null) found.push(...Object.keys(value));
    return value;
  });
  return found.filter((name) => !name.startsWith("$"));
}

/** Of a pattern: its texts. */
function textsIn(pattern: unknown): string[] {
  if (typeof pattern === "string") return [pattern];
  return typeof pattern === "object" && pattern !== null ? Object.values(pattern).flatMap(textsIn) : [];
}

function optionTable(cases: readonly Case[]): string {
  const rows = (facts: Readonly<Record<string, OptionFact>>, whose: string) =>
    Object.entries(facts).map(([name, { usual, takes, otherwise = "refused" }]) => [
      `\`${name}\`${whose}`,
      usual,
      takes,
      otherwise,
      naming(cases, (theCase) => usedOptions(theCase).includes(name)),
    ]);
  return table(
    ["Option", "Default", "Takes", "Anything else", "For example"],
    [
      ...rows(SERVER_AND_CLIENT, ""),
      ...rows(PROCESSES, " (processes)"),
      ...rows(EDGE, " (edge)"),
      ...rows(CLIENTS, " (clients)"),
    ],
  );
}

function reasonTable(cases: readonly Case[]): string {
  const rows = Object.entries(REASONS).map(([name, { when, silent }]) => [
    `\`${name}\``,
    silent ? `${when}; counted, and not reported` : when,
    naming(cases, (theCase) => usedReasons(theCase).includes(name)),
  ]);
  return table(["`reason`", "Applies when", "For example"], rows);
}

/** What cases look for in an SDK's words. */
function wordTable(cases: readonly Case[]): string {
  const rows = new Map<string, string[]>();
  for (const { id, steps, expect } of cases) {
    for (const words of wordsLookedFor([steps, expect]))
      rows.set(words, [...(rows.get(words) ?? []), `\`${id}\``]);
  }
  return table(
    ["Looked for", "Cases"],
    [...rows].map(([words, ids]) => [words, ids.join(", ")]),
  );
}

const PLACES: Readonly<Record<string, string>> = {
  creationError: "in the message of a refused creation",
  message: "in the message of an error",
  output: "in what is printed",
};

function wordsLookedFor(value: unknown): string[] {
  const found: string[] = [];
  JSON.stringify(value, (key, inner: unknown) => {
    const place = PLACES[key];
    const { $regex: regex } = Object(inner) as { $regex?: string };
    if (place !== undefined && regex !== undefined) found.push(`\`${regex}\` ${place}`);
    return inner;
  });
  return [...new Set(found)];
}

/** To see one at work is enough. */
const MAX_NAMES = 2;

/** Those that say the least besides. */
function naming(cases: readonly Case[], isMeant: (theCase: Case) => boolean): string {
  const found = cases.filter(isMeant).sort((a, b) => usedOptions(a).length - usedOptions(b).length);
  return found
    .slice(0, MAX_NAMES)
    .map(({ id }) => `\`${id}\``)
    .join(", ");
}

if (import.meta.main && process.argv.includes("--write"))
  writeFileSync(page, withTables(readFileSync(page, "utf8"), loadCases(folder)));
