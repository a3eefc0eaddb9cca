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

  function attempt<T>(action: () => T): T | undefined {
    failure = undefined;
    try {
      return action();
    } catch (error) {
      failure = describeThrown(error);
      say(`the outbox failed: ${failure}`);
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
    append: (operation) => attempt(() => outbox.append(operation)),
    at: (index) => attempt(() => outbox.at(index)),
    remove: (offset, count) => attempt(() => outbox.remove(offset, count)),
    inFlight: (count) => attempt(() => outbox.inFlight?.(count)),
  };
}
