/**
 * How many operations have no end in the books; 0 when they are in order. Here, and not the suite's: for mutation testing
 * core's tests run in a copy of its folder alone.
 */
import type { Stats } from "../src/loop/books.ts";

export function imbalance({ accepted, delivered, dropped, pending }: Stats): number {
  return Object.values(dropped).reduce((left, count) => left - count, accepted - delivered - pending);
}
