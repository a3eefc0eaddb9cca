/** The outbox that lives as long as the process. Constant time at both ends, whatever its size. */
import type { Operation } from "../events/operation.ts";
import type { Outbox } from "./outbox.ts";

/** Freed slots at the start of the array before it is compacted: often enough to keep memory, rarely enough to cost nothing. */
const COMPACT_AT = 1024;

export function createMemoryOutbox(): Outbox {
  // `pinned` holds what stays in front while operations behind it are evicted (a batch in flight), so that an
  // eviction never moves it. Behind it, the queue: an array read from `head`, where freed slots are undefined.
  let pinned: Operation[] = [];
  let queue: (Operation | undefined)[] = [];
  let head = 0;

  function shift(count: number): void {
    const end = Math.min(head + count, queue.length);
    for (; head < end; head++) queue[head] = undefined;
    if (head >= COMPACT_AT && head * 2 >= queue.length) {
      queue = queue.slice(head);
      head = 0;
    }
  }

  function pin(count: number): void {
    const missing = count - pinned.length;
    if (missing <= 0) return;
    const end = Math.min(head + missing, queue.length);
    pinned = pinned.concat(queue.slice(head, end) as Operation[]);
    // Nothing is called from here on: at the end of the call stack it would throw, and what is pinned be there twice.
    for (; head < end; head++) queue[head] = undefined;
  }

  return {
    failure: undefined,
    get size() {
      return pinned.length + queue.length - head;
    },
    append(operation) {
      queue.push(operation);
    },
    at(index) {
      return index < pinned.length ? pinned[index] : queue[head + index - pinned.length];
    },
    remove(offset, count) {
      if (offset > 0) pin(offset);
      const fromPinned = Math.min(Math.max(pinned.length - offset, 0), count);
      if (fromPinned > 0) pinned.splice(offset, fromPinned);
      shift(count - fromPinned);
    },
  };
}
