/** Times as a person says them; never rounded below the millisecond, because cases are about the last one. */

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
] as const;

/** "350 ms", "19.999 s", "2 min", "31 d": the largest unit that needs no fraction, otherwise seconds. */
export function duration(ms: number): string {
  const unit = UNITS.find(([, size]) => ms >= size && ms % size === 0);
  if (unit) return `${grouped(ms / unit[1])} ${unit[0]}`;
  return Math.abs(ms) < 1_000 ? `${grouped(ms)} ms` : `${grouped(ms / 1_000)} s`;
}

/** For times that were measured, where three digits are plenty: "8 ms", "1.3 s", "2.4 min". */
export function measured(ms: number): string {
  if (ms < 1_000) return `${grouped(ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms))} ms`;
  if (ms < 60_000) return `${grouped(Math.round(ms / 100) / 10)} s`;
  return `${grouped(Math.round(ms / 6_000) / 10)} min`;
}

/** "12,345.678": the language of the report is English wherever it is made. */
export function grouped(figure: number): string {
  return figure.toLocaleString("en", { maximumFractionDigits: 3 });
}
