/** Which repetitions a lost answer explains, and which nothing does. */
import type { RecordedRequest } from "@whisperr/conformance/api";

/** Since when some page knew that an event had been accepted, by message id. */
export type Heard = Map<string, number>;

/** Events sent again after the page that sent them first had heard that they were accepted. */
export function unexplainedRepeats(requests: readonly RecordedRequest[], heard: Heard): string[] {
  return requests.flatMap((request) => {
    const ids = request.events.map(({ context }) =>
      String((context as { $message_id?: unknown }).$message_id),
    );
    const again = ids.filter((id) => (heard.get(id) ?? Number.POSITIVE_INFINITY) < request.receivedAtMs);
    if (again.length === 0) return [];
    return [`request #${request.index}: ${again.length} events again whose acceptance had been heard`];
  });
}
