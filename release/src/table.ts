/** Consumers and packages, and what each has proven. */
import type { Proof, Proofs } from "./proof.ts";

export interface Row {
  readonly consumer: string;
  readonly packages: readonly string[];
  readonly proofs: Proofs;
  readonly seconds: number;
  /** Why it did not work. */
  readonly failure?: string;
}

export function table(rows: readonly Row[], packages: readonly string[]): string {
  const lines = [
    ["consumer", ...packages.map((name) => name.replace("@whisperr/", "")), "seconds"],
    ...rows.map((row) => [row.consumer, ...packages.map((name) => cell(row, name)), row.seconds.toFixed(0)]),
  ];
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

const WORDS: Record<Proof, string> = { delivers: "delivers", loads: "loads" };

function cell({ packages, proofs, failure }: Row, name: string): string {
  if (!packages.includes(name)) return "·";
  const proof = proofs.get(name);
  if (proof !== undefined) return WORDS[proof];
  return failure === undefined ? "NOT PROVEN" : "FAILED";
}
