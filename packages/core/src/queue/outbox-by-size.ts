/** An outbox of the app's, which may throw although it must not. */
import { mustBe } from "../events/refusal.ts";
import type { AppOutbox, Outbox } from "./outbox.ts";

/** One that throws, and yet has done what it was told, has done it: its size says so. Throws when it is no outbox. */
export function outboxBySize(given: AppOutbox): Outbox {
  const outbox = given as Outbox;
  const methods = [outbox.append, outbox.at, outbox.remove];
  const fits = methods.every((method) => typeof method === "function") && Number.isInteger(outbox.size);
  mustBe(fits, "outbox", "an object with size, append, at and remove", given);
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
