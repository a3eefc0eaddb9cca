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
export interface BatchSizing {
  /** Operations the next request may carry. */
  readonly limit: number;
  /** Operations at the front known to hold a bad one; 0 when nothing is suspected. */
  readonly suspect: number;
  /** The largest batch the server is believed to take. */
  readonly ceiling: number;
  /** Refusals since the last acceptance; counted no further than makes a difference. */
  readonly refusals: number;
}

/**
 * Refusals in a row after which refused batches are no longer divided: far above what isolating one bad operation in
 * 500 takes (10), low enough that a server refusing everything sees some 60 requests for 500 operations.
 */
export const MAX_REFUSALS_IN_A_ROW = 40;

/** The most operations dropped undivided at a time: what a server that was mended meanwhile can cost. */
export const MAX_DROPPED_TOGETHER = 50;

const MAX_REFUSALS_COUNTED = MAX_REFUSALS_IN_A_ROW + Math.ceil(Math.log2(MAX_DROPPED_TOGETHER));

const oneMore = (refusals: number): number => Math.min(refusals + 1, MAX_REFUSALS_COUNTED);

export function initialSizing(maxBatchSize: number): BatchSizing {
  return { limit: maxBatchSize, suspect: 0, ceiling: maxBatchSize, refusals: 0 };
}

/** A batch of `count` was accepted. */
export function sizingAfterAccepted(sizing: BatchSizing, count: number, maxBatchSize: number): BatchSizing {
  const { limit, suspect, ceiling } = sizing;
  if (suspect > count) {
    return { limit: Math.ceil((suspect - count) / 2), suspect: suspect - count, ceiling, refusals: 0 };
  }
  const raised = count >= ceiling ? Math.min(ceiling + 1, maxBatchSize) : ceiling;
  return { limit: Math.min(limit * 2, raised), suspect: 0, ceiling: raised, refusals: 0 };
}

/** True when a refused batch of `count` is to be dropped as it is: it cannot or should not be divided further. */
export function givesUp(sizing: BatchSizing, count: number): boolean {
  return count <= droppedTogether(sizing.refusals);
}

/** How many operations a refusal may cost after so many in a row. */
function droppedTogether(refusals: number): number {
  const beyond = refusals - MAX_REFUSALS_IN_A_ROW;
  return beyond < 0 ? 1 : Math.min(2 ** (beyond + 1), MAX_DROPPED_TOGETHER);
}

/** A batch of `count` was refused and stays in the queue, to be divided. */
export function sizingAfterDivision(sizing: BatchSizing, count: number, tooLarge: boolean): BatchSizing {
  const refusals = oneMore(sizing.refusals);
  if (tooLarge) {
    const half = Math.floor(count / 2);
    return { limit: half, suspect: 0, ceiling: half, refusals };
  }
  return { limit: Math.ceil(count / 2), suspect: count, ceiling: sizing.ceiling, refusals };
}

/** A refused batch was dropped. A lone one that was too large says nothing about the size of others. */
export function sizingAfterDrop(sizing: BatchSizing, tooLarge: boolean, maxBatchSize: number): BatchSizing {
  const refusals = oneMore(sizing.refusals);
  const ceiling = tooLarge ? maxBatchSize : sizing.ceiling;
  const searching = refusals < MAX_REFUSALS_IN_A_ROW;
  const limit = searching && tooLarge ? ceiling : Math.min(droppedTogether(refusals), ceiling);
  return { limit, suspect: 0, ceiling, refusals };
}

/** `count` operations left the suspected front for another reason (queue full). */
export function sizingAfterEviction(sizing: BatchSizing, offset: number, count: number): BatchSizing {
  if (sizing.suspect <= offset) return sizing;
  return { ...sizing, suspect: Math.max(offset, sizing.suspect - count) };
}
