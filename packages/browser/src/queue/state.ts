/**
 * What one page knows of the queue that the tabs of a browser profile share: a small plain-JSON record, and beside it what
 * the machine can ask for. The operations in it are opaque: nothing here or in `tab-queue.ts` looks into one, but for
 * whether it is held.
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
  tabEffects: Effects;
  stage: Stage;
  recovery: Recovery;
  /** Recovered operations go in front of this page's own until then, and behind them from then on. */
  hasStarted: boolean;
  /** The id of the tab queue that this page writes into. */
  own: string;
  /** Records written into it so far. */
  written: number;
  /** In the order in which they are sent; those that are held stand at the end. */
  entries: Entry[];
  /** Queues whose lock this page has: true. False: it was asked for, and there is no answer yet. */
  queues: { [queue: string]: boolean };
}

/** Without its effects. */
export const newTabQueue = (): Omit<TabQueue, "tabEffects"> => ({
  stage: "away",
  recovery: "none",
  hasStarted: false,
  own: "",
  written: 0,
  entries: [],
  queues: {},
});

/** What the machine asks for. Answers come as calls of their own: `lockAnswered`, `found`, `recovered`. */
export interface Effects {
  /** An id that sorts behind those of all queues there are. */
  newId(): string;
  requestLock(queue: string): void;
  /** Names the queues that have records. */
  find(): void;
  /** Reads the records of the locked queues, those aside that are in `entries`. */
  readLocked(): void;
  /** The text of a record; null where there is none, empty where its operation was settled. */
  get(key: string): string | null;
  /** False when there was no room. */
  set(key: string, text: string): boolean;
  remove(key: string): void;
  /**
   * Frees these locks. Those that were asked for only are not answered any more. The next page of this tab is to wait for
   * them.
   */
  letGo(queues: readonly string[]): void;
  /** The operation at `index` is not in `entries` any more: it was another page's. */
  revoked(index: number): void;
  /**
   * `due` operations, and `held` ones, of other pages have come in: in front, the first time, and at the end from then on.
   * The first `doubtful` may have been under way when their page ended.
   */
  joined(due: number, held: number, doubtful: number): void;
}
