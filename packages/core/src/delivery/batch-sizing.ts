/**
 * How many operations the next request may carry: poison isolation and learning a server's size limit.
 *
 * A refused batch (4xx) holds at least one bad operation: the search halves from the front until one operation
 * is refused alone, and only that one is dropped. Then batches double again, so that several bad events in a row
 * cost about two requests each. A too large batch (413) lowers a ceiling that recovers one operation at a time.
 *
 * A server that refuses everything is recognised by refusals in a row without one acceptance.
 */
export interface BatchSizing {
  /** Operations the next request may carry. */
  readonly limit: number;
  /** Operations at the front known to hold a bad one; 0 when nothing is suspected. */
  readonly suspect: number;
  /** The largest batch the server is believed to take. */
  readonly ceiling: number;
  /** Refusals since the last acceptance. */
  readonly refusals: number;
}

/**
 * Refusals in a row after which whole batches are given up: far above what isolating one bad operation in 500
 * takes (10), low enough that a server refusing everything sees about 80 requests and not 500.
 */
export const MAX_REFUSALS_IN_A_ROW = 80;

/** Refusals that a new flush may spend again: enough to find one bad operation in a full batch of 500. */
export const REFUSALS_PER_FLUSH = 10;

export function initialSizing(maxBatchSize: number): BatchSizing {
  return { limit: maxBatchSize, suspect: 0, ceiling: maxBatchSize, refusals: 0 };
}

/** A flush starts: a server that refused everything may have been mended, so search again, a little. */
export function sizingForNewFlush(sizing: BatchSizing): BatchSizing {
  const refusals = Math.min(sizing.refusals, MAX_REFUSALS_IN_A_ROW - REFUSALS_PER_FLUSH);
  return refusals === sizing.refusals ? sizing : { ...sizing, refusals };
}

/** A batch of `count` was accepted. */
export function sizingAfterAccepted(sizing: BatchSizing, count: number, maxBatchSize: number): BatchSizing {
  const { limit, suspect, ceiling, refusals } = sizing;
  if (limit === maxBatchSize && suspect === 0 && refusals === 0) return sizing;
  if (suspect > count) {
    return { limit: Math.ceil((suspect - count) / 2), suspect: suspect - count, ceiling, refusals: 0 };
  }
  const raised = count >= ceiling ? Math.min(ceiling + 1, maxBatchSize) : ceiling;
  return { limit: Math.min(limit * 2, raised), suspect: 0, ceiling: raised, refusals: 0 };
}

/** True when a refused batch of `count` is to be dropped as it is: it cannot or should not be divided further. */
export function givesUp(sizing: BatchSizing, count: number): boolean {
  return count === 1 || sizing.refusals >= MAX_REFUSALS_IN_A_ROW;
}

/** A batch of `count` was refused and stays in the queue, to be divided. */
export function sizingAfterDivision(sizing: BatchSizing, count: number, tooLarge: boolean): BatchSizing {
  const refusals = sizing.refusals + 1;
  if (tooLarge) {
    const half = Math.floor(count / 2);
    return { limit: half, suspect: 0, ceiling: half, refusals };
  }
  return { limit: Math.ceil(count / 2), suspect: count, ceiling: sizing.ceiling, refusals };
}

/** A refused batch was dropped. A lone one that was too large says nothing about the size of others. */
export function sizingAfterDrop(sizing: BatchSizing, tooLarge: boolean, maxBatchSize: number): BatchSizing {
  const refusals = Math.min(sizing.refusals + 1, MAX_REFUSALS_IN_A_ROW);
  const ceiling = tooLarge ? maxBatchSize : sizing.ceiling;
  return { limit: refusals < MAX_REFUSALS_IN_A_ROW ? 1 : ceiling, suspect: 0, ceiling, refusals };
}

/** `count` operations left the suspected front for another reason (queue full). */
export function sizingAfterEviction(sizing: BatchSizing, offset: number, count: number): BatchSizing {
  if (sizing.suspect <= offset) return sizing;
  return { ...sizing, suspect: Math.max(offset, sizing.suspect - count) };
}
