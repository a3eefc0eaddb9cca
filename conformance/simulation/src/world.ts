/** What every kind of world has in common. */

/** Gets to know what happens in a world, line by line: the same lines each time. */
export type Tell = (line: string) => void;

/** How much a world was. */
export interface Figures {
  /** Actions, calls of apps, timers and arrivals, and every operation that the API judged. */
  readonly events: number;
  /** Virtual ms. */
  readonly elapsedMs: number;
}
