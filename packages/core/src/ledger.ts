/** The books: accepted = delivered + dropped + pending, at every moment. */
import type { DropReason } from "./errors.ts";

/** What became of every `track()` and `identify()` so far. */
export interface Stats {
  /** Calls that reached the client, invalid ones included. */
  readonly accepted: number;
  /** Operations the server took. */
  readonly delivered: number;
  /** Operations given up, by reason. */
  readonly dropped: { readonly [reason in DropReason]?: number };
  /** Operations that wait, those in flight included. */
  readonly pending: number;
}

export interface Ledger {
  accept(count: number): void;
  deliver(count: number): void;
  drop(reason: DropReason, count: number): void;
  delivered(): number;
  dropped(): number;
  stats(pending: number): Stats;
}

export function createLedger(): Ledger {
  let accepted = 0;
  let delivered = 0;
  const dropped: { [reason in DropReason]?: number } = {};
  return {
    accept(count) {
      accepted += count;
    },
    deliver(count) {
      delivered += count;
    },
    drop(reason, count) {
      dropped[reason] = (dropped[reason] ?? 0) + count;
    },
    delivered: () => delivered,
    dropped: () => Object.values(dropped).reduce((sum, count) => sum + count, 0),
    stats: (pending) => ({ accepted, delivered, dropped: { ...dropped }, pending }),
  };
}
