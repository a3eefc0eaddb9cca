/** Mistakes about batches that a server refuses. */

import type { How, Send, SentRequest } from "../mutant.ts";
import { answered } from "./answers.ts";
import { eventsOf, idsOf, withEvents } from "./requests.ts";

/** Drops a refused batch as a whole: whatever part of it the SDK tries next is refused unsent. */
export const droppingTogether =
  (which: (count: number, status: number) => boolean): How =>
  () => {
    let refusal = 0;
    let together = new Set<string>();
    return {
      async fetch(request, send) {
        const ids = idsOf(request);
        if (ids.length > 0 && ids.every((id) => together.has(id))) return answered(refusal);
        const answer = await send(request);
        if (ids.length > 1 && answer.status >= 400 && which(ids.length, answer.status)) {
          together = new Set(ids);
          refusal = answer.status;
        }
        return answer;
      },
    };
  };

/** Sends each event of a batch as a request of its own, one after the other. Returns how many were refused. */
export async function sendEach(request: SentRequest, send: Send): Promise<number> {
  let refused = 0;
  for (const event of eventsOf(request)) {
    const answer = await send(withEvents(request, [event]));
    await answer.text();
    if (answer.status >= 400) refused++;
  }
  return refused;
}
