/**
 * What one page knows of the queue that the tabs of a browser profile share: a small plain-JSON record. The operations in it
 * are opaque: nothing here or in `tab-queue.ts` looks into one, but for whether it is held.
 */
import type { Operation } from "@whisperr/core";

/** An operation and the record it is stored in. */
export interface Entry {
  readonly key: string;
  readonly operation: Operation;
  /** False when there was no room for it: it lives in memory only. */
  isStored: boolean;
}

/**
 * - `starting`: whose the stored operations are is still being found out; nothing is sent. A page that comes back starts again.
 * - `open`: every operation here is this page's own, or was recovered from a page that is gone.
 * - `leaving`: the page was left, and all locks are released. It still sends what it has in its hands, until it is frozen,
 *   ends, or comes back.
 * - `away`: the same of a page that was left before it was open: it sends nothing. Here it all begins.
 * - `over`: the client was shut down; final.
 */
export type Stage = "starting" | "open" | "leaving" | "away" | "over";

/** How far the search for queues of dead pages is: they are looked for, their locks asked for, their records read. */
export type Recovery = "none" | "finding" | "locking" | "reading";

export interface TabQueue {
  stage: Stage;
  recovery: Recovery;
  /** Recovered operations go in front of this page's own until then, and behind them from then on. */
  hasStarted: boolean;
  /** The client is being shut down: what it has is sent, and nothing more is recovered. */
  isStopping: boolean;
  /** The id of the tab queue that this page writes into. */
  own: string;
  /** Records written into it so far. */
  written: number;
  /** In the order in which they are sent; those that are held stand at the end. */
  entries: Entry[];
  /** Queues whose lock this page has. */
  locked: string[];
  /** Queues whose lock was asked for, without an answer yet. */
  asked: string[];
  /** The key of the note on what this page has in flight. */
  note: string;
}

export const newTabQueue = (): TabQueue => ({
  stage: "away",
  recovery: "none",
  hasStarted: false,
  isStopping: false,
  own: "",
  written: 0,
  entries: [],
  locked: [],
  asked: [],
  note: "",
});
