/** Storage whose records are copied into IndexedDB as well. The copy's code is loaded only when it is asked for. */
import type { Timers } from "@whisperr/core";
import type { Mirror } from "./durable.ts";
import { GONE, RECORD } from "./keys.ts";
import type { Storage } from "./storage.ts";

/**
 * Nothing is sent before the copy was looked at, and there are browsers in which IndexedDB never answers: while another
 * page holds up its deletion, for one. What it says later is found by a later look.
 */
const MAX_WAIT_MS = 2000;

export function mirrored(storage: Storage, name: string, timers: Timers): Required<Storage> {
  const mirror = import("./durable.ts").then(({ openMirror }) => openMirror(storage, name));
  const withMirror = <T>(task: (mirror: Mirror) => T) => mirror.then(task).catch(() => undefined);

  return {
    ...storage,
    set(key, text) {
      if (key.startsWith(RECORD)) void withMirror((copy) => copy.set(key, text));
      return storage.set(key, text);
    },
    remove(key) {
      storage.remove(key);
      if (!key.startsWith(RECORD)) return;
      storage.set(GONE + key, "");
      void withMirror((copy) => copy.forget(key));
    },
    backup: () =>
      new Promise((resolve) => {
        const timer = timers.set(() => resolve(undefined), MAX_WAIT_MS);
        void withMirror((copy) => copy.records()).then((found) => {
          timers.clear(timer);
          resolve(found);
        });
      }),
  };
}
