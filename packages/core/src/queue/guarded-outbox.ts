/** An outbox of the app's, which may throw although it must not. Behind this border nothing throws: what went wrong is a value. */
import { mustBe } from "../development.ts";
import { describeThrown } from "../events/refusal.ts";
import type { AppOutbox, Outbox } from "./outbox.ts";

/**
 * One that throws, and yet has done what it was told, has done it: its size says so. `say`: where a failure is mentioned. Throws
 * when it is no outbox.
 */
export function guardedOutbox(given: AppOutbox, say: (message: string) => void): Outbox {
  const outbox = given as Outbox;
  const methods = [outbox.append, outbox.at, outbox.remove];
  const fits = methods.every((method) => typeof method === "function") && Number.isInteger(outbox.size);
  mustBe(fits, "outbox", "an object with size, append, at and remove", given);
  let failure: string | undefined;

  /** `by`: what is added to its size when it does as it is told. */
  function attempt<T>(by: number, action: () => T): T | undefined {
    failure = undefined;
    const { size } = outbox;
    try {
      return action();
    } catch (error) {
      const message = describeThrown(error);
      say(`the outbox failed: ${message}`);
      if (by === 0 || outbox.size !== size + by) failure = message;
      return undefined;
    }
  }

  return {
    get size() {
      return outbox.size;
    },
    get failure() {
      return failure;
    },
    append: (operation) => attempt(1, () => outbox.append(operation)),
    at: (index) => attempt(0, () => outbox.at(index)),
    remove: (offset, count) => attempt(-count, () => outbox.remove(offset, count)),
    inFlight: (count) => attempt(0, () => outbox.inFlight?.(count)),
  };
}
