/** What an SDK says of single events, beside what became of them. */
import type { Key } from "./traffic.ts";

interface Reported {
  readonly type?: unknown;
  readonly status?: number;
  readonly messageIds?: readonly string[];
}

/** An event that was acknowledged is not reported as dropped, except as one of a batch of which the API rejected some. */
export function mistakenDrops(acknowledged: ReadonlySet<Key>, errors: readonly unknown[]): string[] {
  return (errors as readonly Reported[])
    .filter(({ type, status = 0 }) => type === "dropped" && status !== 202)
    .flatMap(({ messageIds = [] }) => messageIds)
    .filter((id) => acknowledged.has(id))
    .map((id) => `event ${id} was reported as dropped, but the API acknowledged it`);
}
