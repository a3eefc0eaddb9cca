/**
 * What a request carries is noted (`f.<lane>`: until when it may be under way, and the last record of each lane). A page
 * that ends leaves the note behind, and the next one waits, so that an answer that nobody saw does not mean that
 * everything is sent again by page after page.
 */
import { laneOf } from "./outbox.ts";
import type { Storage } from "./storage.ts";

export interface FlightNotes {
  /** `last`: the last record of each lane that a request of this page carries now; empty when it has ended. */
  write(lane: string, last: readonly string[]): void;
  read(): OthersInFlight;
}

/** What other pages have in flight, or had when they ended. */
export interface OthersInFlight {
  /** For how long yet this record is to be left alone, in ms, 0 if no longer; undefined: it was never in flight. */
  leased(key: string): number | undefined;
  isUnderWay(lane: string): boolean;
}

export interface FlightNotesPorts {
  readonly storage: Storage;
  readonly nowMs: () => number;
  /** Longer than a request that was under way when its page ended is waited for. */
  readonly leaseMs: number;
}

/** What was in flight when its page ended is left alone for so long, at most: almost every request is over by then. */
export const LEASE_MS = 5000;

const IN_FLIGHT = "f.";

export function flightNotes({ storage, nowMs, leaseMs }: FlightNotesPorts): FlightNotes {
  let own = "";

  return {
    write(lane, last) {
      if (last.length === 0) return storage.remove(own);
      own = IN_FLIGHT + lane;
      storage.set(own, [nowMs() + leaseMs, ...last].join(" "));
    },
    read() {
      const keys = storage.keys().filter((key) => key.startsWith(IN_FLIGHT) && key !== own);
      const notes = keys.map((key) => {
        const [untilMs, ...last] = (storage.get(key) ?? "").split(" ");
        // What it was about has arrived, or was given up.
        if (last.every((one) => storage.get(one) === null)) storage.remove(key);
        const leftMs = Number(untilMs) - nowMs() || 0;
        // Longer than any lease: the clock was set back since, which must not make anybody wait.
        return { leftMs: leftMs > LEASE_MS ? 0 : Math.min(leftMs, leaseMs), last };
      });
      return {
        // Several pages may have sent the same, one after the other: the latest note counts.
        leased: (key) =>
          notes
            .filter(({ last }) => last.some((one) => covers(one, key)))
            .reduce((most: number | undefined, { leftMs }) => Math.max(most ?? 0, leftMs), undefined),
        isUnderWay: (lane) =>
          notes.some(({ leftMs, last }) => leftMs > 0 && last.some((key) => laneOf(key) === lane)),
      };
    },
  };
}

/** Is `key` in the same lane, and not behind `last`? */
function covers(last: string, key: string): boolean {
  return laneOf(last) === laneOf(key) && key <= last;
}
