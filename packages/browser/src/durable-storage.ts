/** Storage whose records are copied into IndexedDB as well. The copy's code is loaded only when it is asked for. */
import type { DurableCopy } from "./durable.ts";
import { RECORD } from "./outbox.ts";
import type { Storage } from "./storage.ts";

export interface DurableStorage extends Storage {
  /** The records of the copy, which may have outlived the others. Empty where IndexedDB is blocked. */
  readonly backup: () => Promise<ReadonlyMap<string, string>>;
}

export function mirrored(storage: Storage, name: string): DurableStorage {
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
    backup: async () =>
      (await copy)?.all().catch(() => new Map<string, string>()) ?? new Map<string, string>(),
  };
}
