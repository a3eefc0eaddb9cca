/**
 * Every key that the SDK stores, what stands under it, and who may remove it. All of them begin with the prefix of the API
 * key (`storagePrefix`), in `localStorage` unless said otherwise.
 *
 * | Key                  | Text                                             | Removed by                                             |
 * | -------------------- | ------------------------------------------------ | ------------------------------------------------------ |
 * | `q.<queue>.<number>` | an operation as JSON; empty once it was settled, | the page that has the lock of the queue                |
 * |                      | and `-` once its user opted out                  |                                                        |
 * | `f.<queue>`          | in flight: a time, the last record per queue,    | its page; any page, once all these records are gone    |
 * |                      | and `-` once its page was left                   |                                                        |
 * | `c.<queue>`          | a lock where there are no Web Locks: who, a time | its page; any page, once the time is over              |
 * | `g.<record>`         | empty: the durable copy still has this record    | any page, once the copy has not                        |
 * | `n.<user>`           | identifies of the user that are newer than ones  | any page, once the older ones are settled              |
 * |                      | that wait, as JSON                               |                                                        |
 * | `id`                 | who the user is, or that they opted out          | nobody                                                 |
 * | `session`            | the time of the last activity, and an id         | nobody                                                 |
 * | `left`               | in `sessionStorage`: queues of the tab's pages   | nobody                                                 |
 * | `whisperr.optout`    | without a prefix, for the origin: `1`            | `optIn()`                                              |
 *
 * A page without the lock of a queue never removes its records. What it has settled all the same it empties, and whoever
 * has the lock sees so before it sends. What an app has cleared away, the page that wrote it stores again.
 */

export { GONE, IN_FLIGHT, NEWEST, RECORD } from "./prefixes.ts";

import { RECORD } from "./prefixes.ts";

/** In place of an operation that its user's opt-out discarded. Empty texts sort before it, and what JSON begins with behind it. */
export const DISCARDED = "-";
export const IDENTITY = "id";
export const SESSION = "session";
export const LEFT = "left";
/** Shared with this SDK's predecessor. */
export const OPT_OUT = "whisperr.optout";

const NUMBER_LENGTH = 6;

/** Sorted, the keys of a queue are in the order of the calls. */
export const recordKey = (queue: string, number: number): string =>
  `${RECORD}${queue}.${number.toString(36).padStart(NUMBER_LENGTH, "0")}`;

/** Of a queue id: when it was made, in base 36. */
export const TIME_LENGTH = 9;

/** When a queue was made, in ms; NaN where it does not say. */
export const timeOf = (queue: string): number => Number.parseInt(queue.slice(0, TIME_LENGTH), 36);

/** The queue of a record. */
export const queueOf = (key: string): string => key.split(".")[1] ?? "";
