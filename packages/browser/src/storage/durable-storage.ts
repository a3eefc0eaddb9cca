/** Storage whose records are copied into IndexedDB as well. The copy's code is loaded only when it is asked for. */
import type { Timers } from "@whisperr/core";
import type { Mirror } from "./durable.ts";
import { GONE, RECORD } from "./keys.ts";
import type { Copy, Storage } from "./storage.ts";

/**
 * Nothing is sent before the copy was looked at, and there are browsers in which IndexedDB never answers: while another
 * page holds up its deletion, for one. A page waits for it once. What it says later is found by a later look.
 */
const MAX_WAIT_MS = 500;

export function mirrored(
  storage: Storage,
  name: string,
  timers: Timers,
): Storage & Required<Pick<Storage, "backup">> {
  let mirror: Mirror | undefined;
  let mayWait = true;
  /** What the copy is to hear once it is open; `null`: removed. */
  const before = new Map<string, string | null>();
  /** Of these it can know nothing before. */
  const fresh = new Set<string>();

  const opening = import("./durable.ts")
    .then(({ openMirror }) => openMirror(storage, name))
    .then((opened) => {
      mirror = opened;
      for (const [key, text] of before) {
        if (text === null) opened.forget(key);
        else opened.set(key, text);
      }
      before.clear();
    })
    .catch(() => {});

  const look = () => mirror?.records().catch(() => undefined);

  return {
    ...storage,
    set(key, text) {
      if (key.startsWith(RECORD)) {
        if (!mirror && storage.get(key) === null) fresh.add(key);
        mirror ? mirror.set(key, text) : before.set(key, text);
      }
      return storage.set(key, text);
    },
    remove(key) {
      storage.remove(key);
      if (!key.startsWith(RECORD)) return;
      // Then nothing need be noted, however long it takes to open, if it ever does.
      if (fresh.delete(key) && !mirror) return void before.delete(key);
      storage.set(GONE + key, "");
      if (mirror) mirror.forget(key);
      else before.set(key, null);
    },
    backup: () =>
      new Promise<Copy | undefined>((resolve) => {
        if (mirror || !mayWait) return resolve(look());
        const timer = timers.set(() => {
          mayWait = false;
          resolve(undefined);
        }, MAX_WAIT_MS);
        void opening.then(() => {
          timers.clear(timer);
          resolve(look());
        });
      }),
  };
}
