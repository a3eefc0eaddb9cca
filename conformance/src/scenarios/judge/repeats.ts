/** Which repetitions a lost answer explains, and which nothing does. */
import type { RecordedRequest } from "../../api/index.ts";
import { isAcknowledged } from "../../runner/exchange.ts";

/** An answer is on its way for a moment, and a page needs another to write down that it came. */
const ANSWER_TRAVEL_MS = 100;

/**
 * Events sent again although the page that sent them first was there to hear the answer. `endedAtMs` says when each page
 * (by address) was told to go; pages that are not in it stayed.
 */
export function unexplainedRepeats(
  requests: readonly RecordedRequest[],
  endedAtMs: ReadonlyMap<string, number>,
): string[] {
  const heardBy = new Map<string, number>();
  const problems: string[] = [];
  for (const request of requests) {
    const ids = request.events.map(({ context }) => String((context as { $message_id?: unknown }).$message_id));
    const again = ids.filter((id) => heardBy.has(id));
    if (again[0] !== undefined) {
      problems.push(`request #${request.index}: ${again.length} events again that #${heardBy.get(again[0])} brought`);
    }
    if (!wasHeard(request, endedAtMs)) continue;
    for (const id of ids) if (!heardBy.has(id)) heardBy.set(id, request.index);
  }
  return problems;
}

function wasHeard(request: RecordedRequest, endedAtMs: ReadonlyMap<string, number>): boolean {
  if (!isAcknowledged(request) || request.answeredAtMs === undefined) return false;
  const end = endedAtMs.get(request.headers.referer ?? "") ?? Number.POSITIVE_INFINITY;
  return request.answeredAtMs + ANSWER_TRAVEL_MS < end;
}
