/** Records of a lane that was taken over, as operations of this page. */
import type { DropReason, Operation } from "@whisperr/core";
import type { Entry } from "./outbox.ts";
import type { Storage } from "./storage.ts";

export interface EntriesPorts {
  readonly storage: Storage;
  /** A stored operation as it is on this page, or why it goes. */
  readonly restore: (text: string) => Operation | DropReason;
  readonly giveUp: (reason: DropReason, count: number) => void;
}

/** In the order of `keys`. What nobody can read any more is removed, and reported. */
export function readEntries(
  { storage, restore, giveUp }: EntriesPorts,
  keys: readonly string[],
  backup: ReadonlyMap<string, string> | undefined,
): Entry[] {
  const gone = new Map<DropReason, number>();
  const entries: Entry[] = [];
  for (const key of keys) {
    const text = storage.get(key) ?? backup?.get(key);
    // Its page has just delivered it.
    if (text === undefined) continue;
    const operation = restore(text);
    if (typeof operation === "string") {
      storage.remove(key);
      gone.set(operation, (gone.get(operation) ?? 0) + 1);
      continue;
    }
    // It may be other than it was, or known from the backup only.
    const restored = JSON.stringify(operation);
    if (restored !== storage.get(key)) storage.set(key, restored);
    entries.push({ key, operation, stored: true });
  }
  for (const [reason, count] of gone) giveUp(reason, count);
  return entries;
}
