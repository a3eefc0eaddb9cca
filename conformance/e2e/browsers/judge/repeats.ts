/** Which repetitions a lost answer explains, and which nothing does. */
import type { RecordedRequest } from "@whisperr/conformance/api";
import { eventsIn } from "@whisperr/conformance/invariants/recorded.ts";
import { acknowledge, noTraffic, sentAgain } from "@whisperr/conformance/invariants/traffic.ts";

/** Since when some page knew that an event had been accepted, by message id. */
export type Heard = Map<string, number>;

/** Events sent again after the page that sent them first had heard that they were accepted. */
export function unexplainedRepeats(requests: readonly RecordedRequest[], heard: Heard): string[] {
  const traffic = noTraffic();
  const news = [...heard].sort(([, one], [, other]) => one - other);
  return requests.flatMap((request) => {
    while (news[0] !== undefined && news[0][1] < request.receivedAtMs) {
      const [key] = news.shift() as (typeof news)[number];
      acknowledge(traffic, { name: "an answer that was heard", operations: [{ key, bytes: "" }] });
    }
    return sentAgain(traffic, eventsIn(request));
  });
}
