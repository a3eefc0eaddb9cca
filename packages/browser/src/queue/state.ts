/**
 * What one page knows of the queue that the tabs of a browser profile share: a small plain-JSON record, and beside it what
 * the machine can ask for. The operations in it are opaque: nothing here or in `tab-queue.ts` looks into one, but for
 * whether it is held.
 */
import type { Operation } from "@whisperr/core";

/** An operation and the record it is stored in. */
export interface Entry {
  /** Empty until the page has started: then it is stored nowhere yet. */
  key: string;
  readonly operation: Operation;
  /** False when there was no room for it: it lives in memory only. */
  isStored: boolean;
}

/** How far the search for queues of dead pages is: they are looked for, their locks asked for, their records read. */
export type Recovery = "none" | "finding" | "locking" | "reading";

export interface TabQueue {
  tabEffects: Effects;
  /** The page has its locks, or asks for them. One that was left has released them all, until it comes back. */
  isHere: boolean;
  /**
   * It is known which of the stored operations are this page's: nothing is sent before that. A page that was left goes on
   * with what it has in its hands, until it is frozen or ends.
   */
  maySend: boolean;
  recovery: Recovery;
  /** Recovered operations go in front of this page's own until then, and behind them from then on. */
  hasStarted: boolean;
  /** The id of the tab queue that this page writes into; empty until it has started. */
  own: string;
  /** Records written into it so far. */
  written: number;
  /** What is appended was said before: newer identifies are said again. */
  isSayingAgain: boolean;
  /** In the order in which they are sent; those that are held stand at the end. */
  entries: Entry[];
  /** Queues whose lock this page has: true. False: it was asked for, and there is no answer yet. */
  queues: { [queue: string]: boolean };
}

/** Without its effects. */
export const newTabQueue = (): Omit<TabQueue, "tabEffects"> => ({
  isHere: false,
  maySend: false,
  recovery: "none",
  hasStarted: false,
  own: "",
  written: 0,
  isSayingAgain: false,
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
  /** No other queue has any records. */
  isAlone(): boolean;
  /** Reads the records of the locked queues, those aside that are in `entries`. */
  readLocked(): void;
  /** The text of a record; null where there is none, empty where its operation was settled, undefined where nobody can tell. */
  get(key: string): string | null | undefined;
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
