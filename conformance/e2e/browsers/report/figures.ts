/**
 * What the scenarios measured, kept beyond the test process that measured it: every row is a file of its own until
 * `writeReport` has put them together.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Engine } from "@whisperr/conformance-browsers";

export const REPORTS = fileURLToPath(new URL("../../reports/", import.meta.url));
const ROWS = join(REPORTS, "browsers");

export type Figures = Record<string, number | string>;

export interface Row {
  /** Issue-like title; rows of the same scenario share a table. */
  scenario: string;
  engine: Engine;
  variant: string;
  figures: Figures;
}

/** Records one row; a row of the same name is replaced. */
export function record(scenario: string, engine: Engine, variant: string, figures: Figures): void {
  mkdirSync(ROWS, { recursive: true });
  const row: Row = { scenario, engine, variant, figures };
  const name = `${scenario} ${engine} ${variant}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  writeFileSync(join(ROWS, `${name}.json`), JSON.stringify(row));
}

export function notRun(scenario: string, engine: Engine, why: string): void {
  record(scenario, engine, "all", { "not run": why });
}

export function forgetRows(): void {
  rmSync(ROWS, { recursive: true, force: true });
}

export function allRows(): Row[] {
  mkdirSync(ROWS, { recursive: true });
  const rows = readdirSync(ROWS).map((name) => JSON.parse(readFileSync(join(ROWS, name), "utf8")) as Row);
  const place = ({ scenario, variant, engine }: Row) =>
    `${Number.parseInt(scenario, 10)} ${variant} ${engine}`;
  return rows.sort((a, b) => place(a).localeCompare(place(b), "en", { numeric: true }));
}
