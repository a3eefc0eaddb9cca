/// <reference lib="es2024.collection" />
/** Before the scenarios: forget earlier rows. After them: one table per scenario, printed and written. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { allRows, forgetRows, REPORTS, type Row } from "./figures.ts";

export function setup(): void {
  forgetRows();
}

export function teardown(): void {
  const rows = allRows();
  const text = [...Map.groupBy(rows, ({ scenario }) => scenario)]
    .map(([title, own]) => table(title, own))
    .join("\n");
  writeFileSync(join(REPORTS, "browsers.json"), JSON.stringify(rows, null, 2));
  writeFileSync(join(REPORTS, "browsers.md"), `# Browser scenarios\n\n${text}`);
  console.info(`\n${text}`);
  forgetRows();
}

/** A Markdown table that reads well in a terminal too: columns are padded. */
function table(title: string, rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const lines = [
    ["", "engine", ...names],
    ...rows.map(({ variant, engine, figures }) => [
      variant,
      engine,
      ...names.map((name) => String(figures[name] ?? "")),
    ]),
  ];
  const widths = (lines[0] ?? []).map((_, i) => Math.max(...lines.map((cells) => (cells[i] ?? "").length)));
  const drawn = lines.map(
    (cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`,
  );
  const rule = `| ${widths.map((width) => "-".repeat(Math.max(3, width))).join(" | ")} |`;
  return `## ${title}\n\n${[drawn[0], rule, ...drawn.slice(1)].join("\n")}\n`;
}
