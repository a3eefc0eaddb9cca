/** The figures an SDK gives of itself (contract, section 5): accepted = delivered + dropped + pending, at every moment. */

export interface Ledger {
  readonly accepted: number;
  readonly delivered: number;
  /** By reason. */
  readonly dropped: { readonly [reason: string]: number | undefined };
  readonly pending: number;
}

/** How many operations have no end in the books; 0 when they are in order. */
export function imbalance({ accepted, delivered, dropped, pending }: Ledger): number {
  return accepted - delivered - droppedIn(dropped) - pending;
}

/** Beside what the API has: as many were acknowledged for sure, and as many may have been, where answers were lost. */
export function miscounted(ledger: Ledger, sure: number, possible: number): string[] {
  const problems: string[] = [];
  const { accepted, delivered, dropped, pending } = ledger;
  if (imbalance(ledger) !== 0) {
    const parts = `${delivered} delivered + ${droppedIn(dropped)} dropped + ${pending} pending`;
    problems.push(`ledger: ${accepted} accepted is not ${parts}`);
  }
  const rejected = dropped.rejected_by_server ?? 0;
  if (delivered + rejected < sure || delivered + rejected > possible) {
    const range = sure === possible ? `${sure}` : `${sure} to ${possible}`;
    problems.push(`ledger: ${delivered} delivered + ${rejected} rejected, but the API acknowledged ${range}`);
  }
  return problems;
}

function droppedIn(dropped: Ledger["dropped"]): number {
  let sum = 0;
  for (const reason in dropped) sum += dropped[reason] ?? 0;
  return sum;
}
