/** What was thrown, in its own words: it can be anything. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
