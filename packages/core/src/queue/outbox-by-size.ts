/** An outbox of the app's, which may throw although it must not. */
import type { Outbox } from "./outbox.ts";

/** One that throws, and yet has done what it was told, has done it: its size says so. */
export function outboxBySize(outbox: Outbox): Outbox {
  function change(by: number, action: () => void): void {
    const { size } = outbox;
    try {
      action();
    } catch (error) {
      if (outbox.size !== size + by) throw error;
    }
  }
  return {
    get size() {
      return outbox.size;
    },
    append: (operation) => change(1, () => outbox.append(operation)),
    at: (index) => outbox.at(index),
    remove: (offset, count) => change(-count, () => outbox.remove(offset, count)),
    inFlight: (count) => outbox.inFlight?.(count),
  };
}
