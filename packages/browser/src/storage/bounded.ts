/** Storage that leaves the app its own: a queue that grows takes no more of it than this, and goes on in memory. */
import { DISCARDED, RECORD } from "./keys.ts";
import type { Storage } from "./storage.ts";

/** A MiB, with room for what is no operation. */
const MAX_LENGTH = 1_000_000;
/**
 * Other tabs write and remove, too: after so much that is written, refused or removed it is counted again. While there is much
 * room, after a quarter of it: a count reads all there is.
 */
const COUNTED_LENGTH = 32_000;

export function bounded(storage: Storage): Storage {
  /** What may be written before the next count; below 0, what is to be refused or removed before it. */
  let room = 0;
  let hasRoom = true;

  function wait(length: number): false {
    if (room < 0) room = Math.min(room + length, 0);
    return false;
  }

  return {
    ...storage,
    hasRoom: () => hasRoom,
    set(key, text) {
      const length = key.length + text.length;
      // What holds no operation takes the place of one, which was longer.
      if (text > DISCARDED && key.startsWith(RECORD)) {
        if (length > room && room >= 0) {
          const left = MAX_LENGTH - lengthOf(storage);
          const counted = Math.max(length + COUNTED_LENGTH, left / 4);
          room = Math.min(left - (left < COUNTED_LENGTH ? COUNTED_LENGTH : 0), counted);
        }
        hasRoom = length <= room;
        if (!hasRoom) return wait(length);
        room -= length;
      }
      return storage.set(key, text);
    },
    remove(key) {
      if (room < 0) wait(storage.get(key)?.length ?? 0);
      storage.remove(key);
    },
  };
}

/** Without `reduce()`, in whose place old libraries have a method of another kind (Prototype 1.6). */
function lengthOf({ keys, get }: Storage): number {
  let length = 0;
  for (const key of keys()) length += key.length + (get(key)?.length ?? 0);
  return length;
}
