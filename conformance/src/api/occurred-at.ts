/** occurred_at of CONTRACT section 2: RFC 3339 UTC, exactly three decimals, Z, within the server's window. */

const SHAPE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const OLDEST_MS = 30 * 24 * 60 * 60 * 1000;
const NEWEST_MS = 5 * 60 * 1000;

/** Milliseconds since the epoch; null when the text has another shape or names no real moment (February 30). */
export function parseOccurredAt(text: string): number | null {
  if (!SHAPE.test(text)) return null;
  const ms = Date.parse(text);
  // A day past the end of its month parses into the next one: only a real date survives the round trip.
  return Number.isNaN(ms) || new Date(ms).toISOString() !== text ? null : ms;
}

export function isWithinWindow(occurredAtMs: number, nowMs: number): boolean {
  return occurredAtMs >= nowMs - OLDEST_MS && occurredAtMs <= nowMs + NEWEST_MS;
}
