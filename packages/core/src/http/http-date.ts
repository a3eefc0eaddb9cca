/** The other place in core that names `Date`, beside the composing of events: a pure function of its argument. */

/** An HTTP-date in any of RFC 9110's three forms, as ms since 1970; NaN when it is none. */
export function parseHttpDateMs(text: string): number {
  if (!/^[A-Za-z]{3,9},? .*\d\d:\d\d:\d\d/.test(text)) return Number.NaN;
  // biome-ignore lint/style/noRestrictedGlobals: parses its argument, reads no clock
  return Date.parse(text.replace(/( GMT)?$/, " GMT"));
}
