/** Storage that leaves the app its own: a queue that grows takes no more of it than this, and goes on in memory. */
import { RECORD } from "./keys.ts";
import type { Storage } from "./storage.ts";

/** A MiB, with room for what is no operation. */
const MAX_LENGTH = 1_000_000;
/** Other tabs write, too: after so much it is counted again. */
const COUNTED_LENGTH = 32_000;

export function bounded(storage: Storage): Storage {
  /** What may be written until then. Below 0 it is full: until something is removed there is no need to count. */
  let room = 0;
  let hasRoom = true;

  return {
    ...storage,
    hasRoom: () => hasRoom,
    set(key, text) {
      const length = key.length + text.length;
      // An empty one takes the place of an operation.
      if (text && key.startsWith(RECORD)) {
        if (length > room && room >= 0) {
          const left = MAX_LENGTH - lengthOf(storage);
          room = left < COUNTED_LENGTH ? -1 : Math.min(left, length + COUNTED_LENGTH);
        }
        hasRoom = length <= room;
        if (!hasRoom) return false;
        room -= length;
      }
      return storage.set(key, text);
    },
    remove(key) {
      room = Math.max(room, 0);
      storage.remove(key);
    },
  };
}

const lengthOf = ({ keys, get }: Storage): number =>
  keys().reduce((sum, key) => sum + key.length + (get(key)?.length ?? 0), 0);
