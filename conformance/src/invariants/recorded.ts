/** The rules about traffic, over what the API recorded. */
import type { RecordedRequest } from "../api/index.ts";
import { sightings } from "../runner/exchange.ts";
import { changedBytes, noTraffic, type Request } from "./traffic.ts";

/** Events of which a later attempt had other bytes. */
export function changedEvents(requests: readonly RecordedRequest[]): string[] {
  const traffic = noTraffic();
  return requests.flatMap((recorded) => changedBytes(traffic, eventsIn(recorded)));
}

/** Its events, for the rules that all judges share. */
export function eventsIn(recorded: RecordedRequest): Request {
  const events = sightings(recorded).filter(({ kind }) => kind === "track");
  return {
    name: `request #${recorded.index}`,
    operations: events.map(({ id, raw }) => ({ key: id, bytes: raw })),
  };
}
