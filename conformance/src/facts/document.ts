/** How what is known is written into a document. */

/** Its columns are as wide as the repository's formatter makes them. */
export function table(head: readonly string[], rows: readonly string[][]): string {
  const escaped = rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((title, column) =>
    Math.max(title.length, ...escaped.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  return [head, widths.map((width) => "-".repeat(width)), ...escaped].map(line).join("\n");
}

/** The document with this between its two marks of that name. Throws when it has none. */
export function withPart(document: string, name: string, part: string): string {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const from = document.indexOf(start) + start.length;
  const to = document.indexOf(end, from);
  if (from < start.length || to < 0)
    throw new Error(`the document has no place for ${name}: ${start} … ${end}`);
  return document.slice(0, from) + part + document.slice(to);
}
