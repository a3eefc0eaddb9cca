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

export function mirrored(storage: Storage, name: string, timers: Timers): DurableStorage {
  const copy: Promise<DurableCopy | undefined> = import("./durable.ts")
    .then(({ openDurableCopy }) => openDurableCopy(name))
    .catch(() => undefined);

  function mirror(key: string, change: (copy: DurableCopy) => void): void {
    if (key.startsWith(RECORD)) void copy.then((opened) => opened && change(opened));
  }

  return {
    ...storage,
    set(key, text) {
      mirror(key, (opened) => opened.set(key, text));
      return storage.set(key, text);
    },
    remove(key) {
      mirror(key, (opened) => opened.remove(key));
      storage.remove(key);
    },
    backup: () =>
      new Promise((resolve) => {
        const timer = timers.set(() => resolve(new Map()), MAX_WAIT_MS);
        copy
          .then((opened) => opened?.all())
          .catch(() => undefined)
          .then((found) => {
            timers.clear(timer);
            resolve(found ?? new Map());
          });
      }),
  };
}
