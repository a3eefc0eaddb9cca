/**
 * What a request carries is noted, `f.<queue>`: until when it may be under way, and the last record of each queue. A page
 * that ends leaves the note behind, and the next one waits, so that an answer that nobody saw does not mean that everything
 * is sent again by page after page.
 */
import { IN_FLIGHT, queueOf } from "../storage/keys.ts";
import type { Storage } from "../storage/storage.ts";

/** What was in flight when its page ended is left alone for so long, at most: almost every request is over by then. */
export const LEASE_MS = 5000;

/** For how long yet this record, and those before it in its queue, may be under way; 0: its page waits no longer. */
export type InFlight = readonly (readonly [last: string, leftMs: number])[];

export const noteText = (keys: readonly string[], untilMs: number): string =>
  [untilMs, ...new Map(keys.map((key) => [queueOf(key), key])).values()].join(" ");

/** What pages have in flight, or had when they ended, but for the one whose note is `own`. */
export function readInFlight(storage: Storage, own: string, nowMs: number): InFlight {
  return storage.keys().flatMap((note) => {
    if (!note.startsWith(IN_FLIGHT) || note === own) return [];
    const [until, ...last] = (storage.get(note) ?? "").split(" ");
    // What it was about has arrived, or is lost.
    if (!last.some((key) => storage.get(key))) storage.remove(note);
    const leftMs = Number(until) - nowMs || 0;
    // Longer than any lease: the clock was set back since, which must not make anybody wait.
    return last.map((key) => [key, leftMs > LEASE_MS ? 0 : Math.max(leftMs, 0)] as const);
  });
}
