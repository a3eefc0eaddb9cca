/** How many of each: the shape every figure of the demo has. Keys are event names, reasons or statuses. */
export type Counts = Readonly<Record<string, number>>;

export function total(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

export function countOf(counts: Counts, name: string): number {
  return counts[name] ?? 0;
}

export function countNames(names: Iterable<string>): Counts {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
