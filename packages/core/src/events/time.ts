/**
 * The only place in core that names `Date`: both uses are pure functions of their argument. The lint rule that
 * bans the clock is lifted here line by line.
 */

/** RFC 3339 UTC with exactly three decimals (contract, section 2); `Date` cuts off fractions of a millisecond. */
export function formatTimestamp(atMs: number): string {
  // biome-ignore lint/style/noRestrictedGlobals: formats its argument, reads no clock
  return new Date(atMs).toISOString();
}

/** An HTTP-date in any of RFC 9110's three forms, as ms since 1970; NaN when it is none. */
export function parseHttpDateMs(text: string): number {
  if (!/^[A-Za-z]{3,9},? .*\d\d:\d\d:\d\d/.test(text)) return Number.NaN;
  // biome-ignore lint/style/noRestrictedGlobals: parses its argument, reads no clock
  return Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
}
