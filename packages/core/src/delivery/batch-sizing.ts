/**
 * How many operations the next request may carry: poison isolation and learning a server's size limit.
 *
 * A refused batch (4xx) holds at least one bad operation: the search halves from the front until one operation
 * is refused alone, and only that one is dropped. Then batches double again, so that several bad events in a row
 * cost about two requests each. A too large batch (413) lowers a ceiling that recovers one operation at a time.
 *
 * A server that refuses everything is recognised by refusals in a row without one acceptance. From then on refused
 * batches are dropped undivided, 2, 4, 8 … operations at a time: few requests, and where it was no such server but
 * many bad events in a row, about as many good ones at most go with them.
 */
import type { Machine } from "./machine.ts";

/**
 * Refusals in a row after which refused batches are no longer divided: far above what isolating one bad operation in
 * 500 takes (10), low enough that a server refusing everything sees some 60 requests for 500 operations.
 */
export const MAX_REFUSALS_IN_A_ROW = 40;

/** The most operations dropped undivided at a time: what a server that was mended meanwhile can cost. */
export const MAX_DROPPED_TOGETHER = 50;

const MAX_REFUSALS_COUNTED = MAX_REFUSALS_IN_A_ROW + Math.ceil(Math.log2(MAX_DROPPED_TOGETHER));

/** How many operations a refusal may cost after so many in a row. */
function droppedTogether(refusals: number): number {
  const beyond = refusals - MAX_REFUSALS_IN_A_ROW;
  return beyond < 0 ? 1 : Math.min(2 ** (beyond + 1), MAX_DROPPED_TOGETHER);
}

/** The batch in flight was accepted. */
export function afterAcceptance({ delivery, config }: Machine): void {
  const { inFlight, suspect, ceiling } = delivery;
  delivery.refusals = 0;
  if (suspect > inFlight) {
    // The bad one is among those behind.
    delivery.limit = Math.ceil((suspect - inFlight) / 2);
    return;
  }
  if (inFlight >= ceiling) delivery.ceiling = Math.min(ceiling + 1, config.maxBatchSize);
  delivery.suspect = 0;
  delivery.limit = Math.min(delivery.limit * 2, delivery.ceiling);
}

/** The batch in flight was refused. True when it is to be dropped: it cannot, or should not, be divided further. */
export function afterRefusal({ delivery, config }: Machine, tooLarge: boolean): boolean {
  const { inFlight } = delivery;
  const isDropped = inFlight <= droppedTogether(delivery.refusals);
  delivery.refusals = Math.min(delivery.refusals + 1, MAX_REFUSALS_COUNTED);
  if (!isDropped) {
    delivery.limit = tooLarge ? Math.floor(inFlight / 2) : Math.ceil(inFlight / 2);
    delivery.suspect = tooLarge ? 0 : inFlight;
    if (tooLarge) delivery.ceiling = delivery.limit;
    return false;
  }
  // A lone one that was too large says nothing about the size of others.
  if (tooLarge) delivery.ceiling = config.maxBatchSize;
  const isSearching = delivery.refusals < MAX_REFUSALS_IN_A_ROW;
  delivery.limit =
    isSearching && tooLarge
      ? delivery.ceiling
      : Math.min(droppedTogether(delivery.refusals), delivery.ceiling);
  delivery.suspect = 0;
  return true;
}
