/** What the edge scenarios measured: a file per row, put together in reports/edge.md when all of them are over. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const REPORTS = fileURLToPath(new URL("../reports/", import.meta.url));
const ROWS = join(REPORTS, "edge");

interface Row {
  readonly scenario: string;
  readonly where: string;
  readonly figures: Record<string, string | number>;
}

export function recordFigures(scenario: string, where: string, figures: Row["figures"]): void {
  mkdirSync(ROWS, { recursive: true });
  const row: Row = { scenario, where, figures };
  const name = `${scenario} ${where}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  writeFileSync(join(ROWS, `${name}.json`), JSON.stringify(row));
}

/** vitest's global setup: forgets what earlier runs measured. */
export function setup(): void {
  rmSync(ROWS, { recursive: true, force: true });
}

/** vitest's global teardown. */
export function teardown(): void {
  mkdirSync(ROWS, { recursive: true });
  const rows = readdirSync(ROWS)
    .sort()
    .map((name) => JSON.parse(readFileSync(join(ROWS, name), "utf8")) as Row);
  const lines = rows.map(({ scenario, where, figures }) => {
    const cells = Object.entries(figures).map(([name, value]) => `${name}: ${value}`);
    return `- **${scenario}** (${where}): ${cells.join("; ")}`;
  });
  const text = `# Edge scenarios\n\n${lines.join("\n")}\n`;
  writeFileSync(join(REPORTS, "edge.md"), text);
  console.info(`\n${text}`);
}
