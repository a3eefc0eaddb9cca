/**
 * The queue of one page: an array in memory, and one small stored record per operation, so that nothing but what changes
 * is ever written. Records of a page stand in its *lane*, `q.<lane>.<number>`; sorted, keys are in the order of the calls.
 * Operations adopted from other pages stay in the lanes they came from.
 */
import { isHeld, type Operation, type Outbox } from "@whisperr/core";
import type { Storage } from "./storage.ts";

/** An operation and where it is stored. */
export interface Entry {
  readonly key: string;
  readonly operation: Operation;
  /** False when there was no room for it: it lives in memory only. */
  readonly stored: boolean;
}

export interface LaneOutbox extends Outbox {
  readonly entries: readonly Entry[];
  /** What is appended from now on goes into this lane. */
  writeTo(lane: string): void;
  /** Stores again what is not stored, or not any more, as far as there is room. */
  save(): void;
  /** Another page has the operation at `index` and its record now. */
  forget(index: number): void;
  /** Operations of other pages; those that wait for a user stay behind all that do not. Returns how many wait. */
  addInFront(entries: readonly Entry[]): number;
  addAtEnd(entries: readonly Entry[]): number;
}

export interface OutboxEvents {
  /** A record could not be stored. */
  onFull(): void;
  /** The lane has no operation left here. */
  onEmptied(lane: string): void;
  /** `last`: the last operation of each lane that a request carries now; empty when it has ended. */
  onInFlight(last: readonly string[]): void;
}

export const RECORD = "q.";

/** `q.<lane>.<number>` → `<lane>` */
export const laneOf = (key: string): string => key.split(".")[1] ?? "";

export function createLaneOutbox(storage: Storage | undefined, events: OutboxEvents): LaneOutbox {
  let entries: Entry[] = [];
  let lane = "";
  let number = 0;

  function arrange(all: readonly Entry[], adopted: readonly Entry[]): number {
    entries = [
      ...all.filter((entry) => !isHeld(entry.operation)),
      ...all.filter(({ operation }) => isHeld(operation)),
    ];
    return adopted.filter(({ operation }) => isHeld(operation)).length;
  }

  return {
    get entries() {
      return entries;
    },
    get size() {
      return entries.length;
    },
    writeTo(name) {
      lane = name;
    },
    append(operation) {
      const key = `${RECORD}${lane}.${(number++).toString(36).padStart(6, "0")}`;
      const stored = storage?.set(key, JSON.stringify(operation)) === true;
      entries.push({ key, operation, stored });
      if (storage !== undefined && !stored) events.onFull();
    },
    at: (index) => entries[index]?.operation,
    remove(offset, count) {
      const gone = entries.splice(offset, count);
      for (const { key, stored } of gone) if (stored) storage?.remove(key);
      for (const name of new Set(gone.map(({ key }) => laneOf(key)))) {
        if (!entries.some(({ key }) => laneOf(key) === name)) events.onEmptied(name);
      }
    },
    inFlight(count) {
      const last = new Map(entries.slice(0, count).map(({ key }) => [laneOf(key), key]));
      events.onInFlight([...last.values()]);
    },
    save() {
      entries = entries.map((entry) => {
        const { key, operation } = entry;
        if (storage === undefined || storage.get(key) !== null) return entry;
        return { key, operation, stored: storage.set(key, JSON.stringify(operation)) };
      });
    },
    forget: (index) => void entries.splice(index, 1),
    addInFront: (adopted) => arrange([...adopted, ...entries], adopted),
    addAtEnd: (adopted) => arrange([...entries, ...adopted], adopted),
  };
}
