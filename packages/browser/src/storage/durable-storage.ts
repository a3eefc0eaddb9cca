/** Storage whose records are copied into IndexedDB as well. The copy's code is loaded only when it is asked for. */
import type { Timers } from "@whisperr/core";
import type { Mirror } from "./durable.ts";
import { GONE, RECORD } from "./keys.ts";
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
  const mirror = import("./durable.ts").then(({ openMirror }) => openMirror(storage, name));
  const whenOpen = (task: (mirror: Mirror) => void) => void mirror.then(task).catch(() => {});

  return {
    ...storage,
    set(key, text) {
      if (key.startsWith(RECORD)) whenOpen((copy) => copy.set(key, text));
      return storage.set(key, text);
    },
    remove(key) {
      storage.remove(key);
      if (!key.startsWith(RECORD)) return;
      storage.set(GONE + key, "");
      whenOpen((copy) => copy.forget(key));
    },
    backup: () =>
      new Promise((resolve) => {
        function give(found: ReadonlyMap<string, string> = new Map()): void {
          timers.clear(timer);
          resolve(found);
        }
        const timer = timers.set(() => give(), MAX_WAIT_MS);
        mirror.then((copy) => copy.records()).then(give, () => give());
      }),
  };
}
