/** Storage whose records are copied into IndexedDB as well. The copy's code is loaded only when it is asked for. */
import type { Timers } from "@whisperr/core";
import type { DurableCopy } from "./durable.ts";
import { RECORD } from "./outbox.ts";
import type { Storage } from "./storage.ts";

export interface DurableStorage extends Storage {
  /** The records of the copy, which may have outlived the others. Empty where IndexedDB is blocked, or does not answer. */
  readonly backup: () => Promise<ReadonlyMap<string, string>>;
}

/**
 * Nothing is sent before the copy was looked at, and there are browsers in which IndexedDB never answers: while another
 * page holds up its deletion, for one. What it says later is found by a later look.
 */
const MAX_WAIT_MS = 2000;

/**
 * A removed record is noted until the copy has removed it too: what is under way in IndexedDB is cancelled when a page ends, and
 * what was delivered must not come back.
 */
const GONE = "g.";

export function mirrored(storage: Storage, name: string, timers: Timers): DurableStorage {
  const copy: Promise<DurableCopy | undefined> = import("./durable.ts")
    .then(({ openDurableCopy }) => openDurableCopy(name))
    .catch(() => undefined);

  /** Removes it from the copy; then it need not be noted any more. */
  function forget(key: string): void {
    copy
      .then((opened) => opened?.remove(key))
      .then(() => storage.remove(GONE + key))
      .catch(() => {});
  }

  async function readCopy(): Promise<ReadonlyMap<string, string>> {
    const found = new Map(await (await copy)?.all());
    for (const note of storage.keys().filter((key) => key.startsWith(GONE))) {
      const key = note.slice(GONE.length);
      found.delete(key);
      forget(key);
    }
    return found;
  }

  return {
    ...storage,
    set(key, text) {
      if (key.startsWith(RECORD)) void copy.then((opened) => opened?.set(key, text));
      return storage.set(key, text);
    },
    remove(key) {
      storage.remove(key);
      if (!key.startsWith(RECORD)) return;
      storage.set(GONE + key, "");
      forget(key);
    },
    backup: () =>
      new Promise((resolve) => {
        const nothing = new Map<string, string>();
        const timer = timers.set(() => resolve(nothing), MAX_WAIT_MS);
        readCopy()
          .catch(() => nothing)
          .then((found) => {
            timers.clear(timer);
            resolve(found);
          });
      }),
  };
}
