/** Mistakes about a clock that is wrong (contract, section 4). */
import { readingHeader } from "../hooks/answers.ts";
import { eventsOf, isIdentify, withEvents } from "../hooks/requests.ts";
import type { How, Mutant } from "../mutant.ts";

/** Later events get the API's time when an answer rejects some of `count` events, whatever `isEnough` thinks enough. */
const followingTheApi =
  (isEnough: (rejected: number, count: number, differenceMs: number) => boolean): How =>
  () => {
    let correctionMs = 0;
    return {
      async fetch(request, send) {
        if (isIdentify(request)) return send(request);
        const events = eventsOf(request);
        const corrected = events.map((event) => ({
          ...event,
          occurred_at: new Date(Date.parse(event.occurred_at) + correctionMs).toISOString(),
        }));
        const answer = await send(withEvents(request, corrected));
        const { rejected } = (await answer.clone().json()) as { rejected: number };
        const differenceMs = Date.parse(answer.headers.get("date") ?? "") - Date.now();
        if (isEnough(rejected, events.length, differenceMs)) correctionMs = differenceMs;
        return answer;
      },
    };
  };

export const clockMutants: readonly Mutant[] = [
  {
    id: "clock-never-corrected",
    does: "Pays no heed to what time the API says it is.",
    how: readingHeader("date", () => null),
    caughtBy: {
      "clock.ahead": /stored types: expected 1 items, got 0/,
      "clock.behind": /stored types: expected 1 items, got 0/,
      "clock.refused-batches": /stored types: expected 1 items, got 0/,
    },
  },
  {
    id: "clock-corrected-for-one-event",
    does: "Takes the API's time when one event of many is refused.",
    how: followingTheApi((rejected, _count, differenceMs) => rejected > 0 && Math.abs(differenceMs) > 60_000),
    caughtBy: { "clock.taken-as-it-is": /occurred_at: expected "2026-06-14T12:00:00\.999Z"/ },
  },
  {
    id: "clock-corrected-by-seconds",
    does: "Takes the API's time for the least difference when everything is refused.",
    how: followingTheApi((rejected, count) => rejected === count),
    caughtBy: { "clock.nearly-right": /occurred_at: expected "2026-06-14T12:00:00\.999Z"/ },
  },
  {
    id: "clock-corrected-whatever-comes",
    does: "Takes the API's time again and again, though what has that time is refused as well.",
    how: followingTheApi(
      (rejected, count, differenceMs) => rejected === count && Math.abs(differenceMs) > 60_000,
    ),
    caughtBy: { "clock.of-a-proxy": /stored types: expected 1 items, got 0/ },
  },
];
