/** What the ingestion API received and kept, as figures that others can reconcile theirs with. */
import { IDENTIFY_PATH, type IngestionControls, type TypeCounter } from "@whisperr/conformance/api";

export interface IngestionReport {
  /** Requests to anything but /_control. */
  requests: number;
  inFlight: number;
  /** Requests by the status that left; those without one under their outcome ("lost", "reset", "hung"). */
  statuses: Record<string, number>;
  /** Events in the store, each message id once. */
  stored: number;
  storedByType: Record<string, number>;
  /** Events taken, those that came again included: stored + duplicates. */
  accepted: number;
  acceptedByType: Record<string, number>;
  /** Events that came again and were not stored again. */
  duplicates: number;
  /** Events that were counted as rejected in an answer. */
  rejected: number;
  rejectedByType: Record<string, number>;
  /** Users with an event or an identify. */
  users: number;
  /** Users with at least one identify. */
  identifiedUsers: number;
  /** Identifies that were applied; one whose answer was lost comes again and counts again. */
  identifiesApplied: number;
  /** Identifies whose 2xx answer left: each delivered identify counts once. */
  identifiesAnswered: number;
}

export function buildReport({ store, answerCounts, inFlight }: IngestionControls): IngestionReport {
  const counts = answerCounts();
  const statuses = sumOver(Object.values(counts));
  const users = [...store.users.values()];
  return {
    requests: sum(Object.values(statuses)),
    inFlight: inFlight(),
    statuses,
    stored: store.events.length,
    storedByType: byType(store.byType, (counter) => counter.stored),
    accepted: store.events.length + store.duplicates,
    acceptedByType: byType(store.byType, (counter) => counter.stored + counter.duplicates),
    duplicates: store.duplicates,
    rejected: store.rejected.length,
    rejectedByType: byType(store.byType, (counter) => counter.rejected),
    users: users.length,
    identifiedUsers: users.filter((user) => user.identifies > 0).length,
    identifiesApplied: sum(users.map((user) => user.identifies)),
    identifiesAnswered: successes(counts[IDENTIFY_PATH] ?? {}),
  };
}

function byType(
  counters: ReadonlyMap<string, TypeCounter>,
  figure: (counter: TypeCounter) => number,
): Record<string, number> {
  return Object.fromEntries([...counters].map(([type, counter]) => [type, figure(counter)]));
}

function successes(byStatus: Record<string, number>): number {
  return sum(Object.entries(byStatus).map(([status, count]) => (status.startsWith("2") ? count : 0)));
}

function sumOver(tables: Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const table of tables) {
    for (const [key, count] of Object.entries(table)) total[key] = (total[key] ?? 0) + count;
  }
  return total;
}

function sum(figures: number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}
