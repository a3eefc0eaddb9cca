/** The demo's last words: a row per event type, the course of the delivery, and the line that must add up. */
import Table from "cli-table3";
import { total } from "./counts.ts";
import type { Evidence, Reconciliation } from "./reconcile.ts";

/** No colours: the output is read in CI logs as often as on a terminal. */
const STYLE = { head: [], border: [], compact: true };

export function reportTables(evidence: Evidence, { rows, differences }: Reconciliation): string {
  return [eventTable(rows), courseTable(evidence), "", ledgerLine(evidence), ...verdict(differences)].join(
    "\n",
  );
}

function eventTable(rows: Reconciliation["rows"]): string {
  const table = new Table({
    head: ["event", "sent", "accepted", "delivered", "dropped", "stored", ""],
    colAligns: ["left", "right", "right", "right", "right", "right", "left"],
    style: STYLE,
  });
  const sum = { sent: 0, accepted: 0, delivered: 0, dropped: 0, stored: 0 };
  for (const row of rows) {
    const { name, sent, accepted, delivered, dropped, stored, agrees } = row;
    table.push([name, sent, accepted, delivered, dropped, stored, agrees ? "ok" : "DIFFERS"]);
    for (const column of ["sent", "accepted", "delivered", "dropped", "stored"] as const)
      sum[column] += row[column];
  }
  table.push(["total", sum.sent, sum.accepted, sum.delivered, sum.dropped, sum.stored, ""]);
  return table.toString();
}

function courseTable({ server, stats }: Evidence): string {
  const table = new Table({ colAligns: ["left", "right"], style: STYLE });
  table.push(
    ["requests the SDK made", server.requests],
    ["retries (503 in the outage)", server.refused],
    ["retries (answer lost)", server.lost],
    ["duplicates removed by the server", server.duplicates],
    ...Object.entries(stats.dropped).map(([reason, count]) => [`dropped: ${reason}`, count]),
  );
  return table.toString();
}

function ledgerLine({ stats }: Evidence): string {
  const { accepted, delivered, dropped, pending } = stats;
  const isEqual = accepted === delivered + total(dropped) + pending;
  const sign = isEqual ? "=" : "≠";
  return `accepted ${accepted} ${sign} delivered ${delivered} + dropped ${total(dropped)} + pending ${pending}`;
}

function verdict(differences: readonly string[]): string[] {
  if (differences.length === 0) return ["Everything reconciles with what the server stored."];
  return ["These figures do not reconcile:", ...differences.map((difference) => `  - ${difference}`)];
}
