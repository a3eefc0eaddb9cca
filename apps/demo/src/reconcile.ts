/**
 * Do the figures agree? Pure: evidence in, rows and differences in words out. Three witnesses are compared, none of
 * which copies from another: what the traffic asked for, what the SDK claims, what the server stored.
 */
import { type Counts, countOf, total } from "./counts.ts";

export interface SdkStats {
  readonly accepted: number;
  readonly delivered: number;
  readonly dropped: Counts;
  readonly pending: number;
}

export interface Evidence {
  /** Calls the answered traffic made the shop place with the SDK. */
  readonly sent: Counts;
  /** Shop requests that failed, in words. */
  readonly failures: readonly string[];
  /** `whisperr.stats()` of the shop's last moment. */
  readonly stats: SdkStats;
  /** The shop's own count of the same, per event type. */
  readonly ledger: { readonly accepted: Counts; readonly delivered: Counts; readonly dropped: Counts };
  readonly server: ServerFigures;
  /** By reason; the demo places its mistakes on purpose. */
  readonly expectedDrops: Counts;
}

export interface ServerFigures {
  readonly stored: Counts;
  readonly duplicates: number;
  readonly rejected: number;
  readonly requests: number;
  /** Requests of the outage. */
  readonly refused: number;
  /** Requests whose answer was lost after everything in them was stored. */
  readonly lost: number;
}

export interface Row {
  readonly name: string;
  readonly sent: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly dropped: number;
  readonly stored: number;
  readonly agrees: boolean;
}

export interface Reconciliation {
  readonly rows: readonly Row[];
  /** Empty when everything agrees. */
  readonly differences: readonly string[];
}

export function reconcile(evidence: Evidence): Reconciliation {
  const rows = rowNames(evidence).map((name) => rowOf(name, evidence));
  const differences = [
    ...rows.flatMap((row) => rowDifferences(row)),
    ...ledgerDifferences(evidence),
    ...dropDifferences(evidence),
    ...courseDifferences(evidence),
  ];
  return { rows, differences };
}

function rowNames({ sent, ledger, server }: Evidence): string[] {
  const all = [sent, ledger.accepted, ledger.delivered, ledger.dropped, server.stored];
  return [...new Set(all.flatMap((counts) => Object.keys(counts)))].sort();
}

function rowOf(name: string, { sent, ledger, server }: Evidence): Row {
  const row = {
    name,
    sent: countOf(sent, name),
    accepted: countOf(ledger.accepted, name),
    delivered: countOf(ledger.delivered, name),
    dropped: countOf(ledger.dropped, name),
    stored: countOf(server.stored, name),
  };
  return { ...row, agrees: rowDifferences(row).length === 0 };
}

function rowDifferences(row: Omit<Row, "agrees">): string[] {
  const { name, sent, accepted, delivered, dropped, stored } = row;
  return [
    ...unequal(`${name}: sent by the traffic`, sent, "accepted by the SDK", accepted),
    ...unequal(`${name}: accepted`, accepted, "delivered + dropped", delivered + dropped),
    ...unequal(`${name}: delivered by the SDK`, delivered, "stored by the server", stored),
  ];
}

/** The SDK's totals against themselves and against the counts per type. */
function ledgerDifferences({ stats, ledger }: Evidence): string[] {
  const settled = stats.delivered + total(stats.dropped) + stats.pending;
  return [
    ...unequal("SDK total: accepted", stats.accepted, "delivered + dropped + pending", settled),
    ...unequal("accepted per stats()", stats.accepted, "accepted per type, summed", total(ledger.accepted)),
    ...unequal(
      "delivered per stats()",
      stats.delivered,
      "delivered per type, summed",
      total(ledger.delivered),
    ),
    ...unequal("still pending after shutdown", stats.pending, "expected", 0),
  ];
}

function dropDifferences({ stats, expectedDrops }: Evidence): string[] {
  const reasons = [...new Set([...Object.keys(stats.dropped), ...Object.keys(expectedDrops)])].sort();
  return reasons.flatMap((reason) =>
    unequal(
      `dropped as ${reason}`,
      countOf(stats.dropped, reason),
      "expected",
      countOf(expectedDrops, reason),
    ),
  );
}

/** A run in which nothing went wrong proves nothing, so the faults must show as well. */
function courseDifferences({ failures, server }: Evidence): string[] {
  const differences = failures.slice(0, 3).map((failure) => `the shop failed a request: ${failure}`);
  if (failures.length > 3) differences.push(`… and ${failures.length - 3} more requests to the shop failed`);
  differences.push(...unequal("events the server counted as rejected", server.rejected, "expected", 0));
  if (server.refused === 0) differences.push("no request met the outage");
  if (server.lost === 0) differences.push("no answer was lost");
  if (server.duplicates === 0) differences.push("the server removed no duplicate although answers were lost");
  return differences;
}

function unequal(leftName: string, left: number, rightName: string, right: number): string[] {
  return left === right ? [] : [`${leftName} ${left}, ${rightName} ${right} (${signed(right - left)})`];
}

function signed(difference: number): string {
  return difference > 0 ? `+${difference}` : String(difference);
}
