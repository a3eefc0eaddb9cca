/** The visit as a timeline, and what must be true of it. */
import Table from "cli-table3";
import { CUSTOMER, type NoVisit, type TimelineEvent, type Visit } from "./visit.ts";

/** Whose each event was when it was recorded; all of it is the customer's now. */
const EXPECTED: readonly (readonly [event: string, by: "visitor" | "user"])[] = [
  ["page_viewed", "visitor"],
  ["plan_compared", "visitor"],
  ["plan_compared", "visitor"],
  ["page_viewed", "visitor"],
  ["signed_in", "user"],
  ["plan_upgraded", "user"],
];

export function visitReport(visit: Visit | NoVisit): string {
  if ("notRun" in visit) return `A visitor in a browser: not run (${visit.notRun}).`;
  const table = new Table({
    head: ["at", "event", "page", "properties", "recorded as"],
    style: { head: [], border: [], compact: true },
  });
  for (const event of visit.timeline) {
    table.push([
      event.occurredAt.slice(11, 23),
      event.eventType,
      event.context.page?.path ?? "",
      JSON.stringify(event.properties),
      event.anonymousId === undefined ? CUSTOMER : `visitor ${event.anonymousId.slice(0, 8)}…`,
    ]);
  }
  const differences = visitDifferences(visit);
  return [
    `\nA visitor becomes a user (${visit.engine}; the API was down while the first tab closed). ${CUSTOMER}'s timeline:`,
    table.toString(),
    ...(differences.length === 0
      ? [`Everything the visitor did is ${CUSTOMER}'s: each event once, in order.`]
      : differences.map((difference) => `  - ${difference}`)),
  ].join("\n");
}

export function visitDifferences({ timeline }: Visit): readonly string[] {
  const found = timeline.map(describe);
  const expected = EXPECTED.map(([event, by]) => `${event} by the ${by}`);
  return found.join() === expected.join()
    ? []
    : [`the timeline is ${found.join(", ")}; expected ${expected.join(", ")}`];
}

function describe({ eventType, anonymousId }: TimelineEvent): string {
  return `${eventType} by the ${anonymousId === undefined ? "user" : "visitor"}`;
}
