/// <reference lib="es2024.collection" />
/**
 * What scenarios measured, kept beyond the test process that measured it: every row is a file of its own until the run is
 * over, and then they become one table per scenario, in `reports/<name>.md` and `.json`, and on the screen.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const REPORTS = join(import.meta.dirname, "reports");

interface Row {
  /** Rows of the same scenario share a table. */
  readonly scenario: string;
  /** The engine or the runtime. */
  readonly where: string;
  /** "" in a scenario that has none. */
  readonly variant: string;
  readonly figures: Readonly<Record<string, number | string>>;
}

export interface Figures {
  /** Keeps one row; a row of the same name is replaced. */
  record(scenario: string, where: string, variant: string, figures: Row["figures"]): void;
  /** vitest's global setup: forgets what earlier runs measured. */
  setup(): void;
  /** vitest's global teardown: writes the tables. */
  teardown(): void;
}

export function figuresOf(name: string, title: string): Figures {
  const folder = join(REPORTS, name);
  const forget = () => rmSync(folder, { recursive: true, force: true });
  return {
    record(scenario, where, variant, figures) {
      const row: Row = { scenario, where, variant, figures };
      const file = nameOf(row)
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, "-");
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${file}.json`), JSON.stringify(row));
    },
    setup: forget,
    teardown() {
      const rows = rowsIn(folder);
      const tables = [...Map.groupBy(rows, ({ scenario }) => scenario)].map(([of, own]) => table(of, own));
      const text = tables.join("\n");
      writeFileSync(join(REPORTS, `${name}.json`), JSON.stringify(rows, null, 2));
      writeFileSync(join(REPORTS, `${name}.md`), `# ${title}\n\n${text}`);
      console.info(`\n${text}`);
      forget();
    },
  };
}

/** The middle one. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function rowsIn(folder: string): Row[] {
  mkdirSync(folder, { recursive: true });
  const rows = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Row);
  return rows.sort((a, b) => nameOf(a).localeCompare(nameOf(b), "en", { numeric: true }));
}

function nameOf({ scenario, variant, where }: Row): string {
  return `${scenario} ${variant} ${where}`;
}

/** In Markdown that reads well in a terminal too: columns are padded. */
function table(title: string, rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const hasVariants = rows.some(({ variant }) => variant !== "");
  const lines = [
    [...(hasVariants ? ["variant"] : []), "where", ...names],
    ...rows.map(({ variant, where, figures }) => [
      ...(hasVariants ? [variant] : []),
      where,
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
