/** The page's styles, one file per part of the page, in the order in which they build on each other. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const FILES = ["page", "verdicts", "overview", "filters", "matrix", "cases", "exchange"];

/** For a matrix of so many columns. */
export function pageStyles(columns: number): string {
  const files = FILES.map((name) => readFileSync(join(import.meta.dirname, "styles", `${name}.css`), "utf8"));
  return [...files, roomForMatrix(columns)].join("\n");
}

/** Pixels that titles and margins need beside the columns; `--column` in matrix.css is the other. */
const BESIDE_COLUMNS = 420;
const COLUMN_WIDTH = 40;

/** Where all columns fit, the matrix scrolls with the page; elsewhere it is a window of its own. */
function roomForMatrix(columns: number): string {
  const width = BESIDE_COLUMNS + columns * COLUMN_WIDTH;
  return `@media (min-width: ${width}px) { .matrix { overflow: visible; max-height: none; } }`;
}
