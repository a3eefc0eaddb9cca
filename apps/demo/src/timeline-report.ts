/** The customer's timeline, and what must be true of it. */
import Table from "cli-table3";
import { RUNTIME_NAMES } from "./jobs.ts";
import type { TimelineEvent } from "./timeline.ts";
import { CUSTOMER, type Visit } from "./visit.ts";

/** Whose each event was when it was recorded; all of it is the customer's now. */
const VISITED = [
  "page_viewed by the visitor",
  "plan_compared by the visitor",
  "plan_compared by the visitor",
  "page_viewed by the visitor",
  "signed_in by the user",
  "plan_upgraded by the user",
];
const JOBS = RUNTIME_NAMES.map((name) => `job_done on ${name}`);

export function timelineReport(visit: Visit, timeline: readonly TimelineEvent[]): string {
  const table = new Table({
    head: ["at", "event", "page", "properties", "recorded as"],
    style: { head: [], border: [], compact: true },
  });
  for (const event of timeline) {
    table.push([
      event.occurredAt.slice(11, 23),
      event.eventType,
      event.context.page?.path ?? "",
      JSON.stringify(event.properties),
      event.anonymousId === undefined ? CUSTOMER : `visitor ${event.anonymousId.slice(0, 8)}…`,
    ]);
  }
  const differences = timelineDifferences(visit, timeline);
  const browser =
    "notRun" in visit
      ? `A visitor in a browser: not run (${visit.notRun}). The other runtimes:`
      : `A visitor becomes a user (${visit.engine}; the API was down while the first tab closed), then one event on every other runtime:`;
  return [
    `\n${browser} ${CUSTOMER}'s timeline:`,
    table.toString(),
    ...(differences.length === 0
      ? [`All of it is ${CUSTOMER}'s: each event once, in order.`]
      : differences.map((difference) => `  - ${difference}`)),
  ].join("\n");
}

export function timelineDifferences(visit: Visit, timeline: readonly TimelineEvent[]): readonly string[] {
  const found = timeline.map(describe);
  const expected = ["notRun" in visit ? [] : VISITED, JOBS].flat();
  return found.join() === expected.join()
    ? []
    : [`the timeline is ${found.join(", ")}; expected ${expected.join(", ")}`];
}

function describe({ eventType, anonymousId, properties }: TimelineEvent): string {
  if (properties.runtime !== undefined) return `${eventType} on ${properties.runtime}`;
  return `${eventType} by the ${anonymousId === undefined ? "user" : "visitor"}`;
}
