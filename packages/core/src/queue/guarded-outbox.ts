/** An outbox of the app's, which may throw although it must not. Behind this border nothing throws: what went wrong is a value. */
import { mustBe } from "../development.ts";
import type { Operation } from "../events/operation.ts";
import { describeThrown } from "../events/refusal.ts";
import { ignoreRejection } from "../events/thenable.ts";
import { encodeEvent } from "../events/wire.ts";
import type { AppOutbox, Outbox } from "./outbox.ts";

/**
 * Whether it has done as it was told is for its size to say, whatever it throws. `say`: where a failure is mentioned. Throws when
 * it is no outbox.
 */
export function guardedOutbox(given: AppOutbox, say: (message: string) => void): Outbox {
  const outbox = given as Outbox;
  let { size } = outbox;
  const methods = [outbox.append, outbox.at, outbox.remove];
  const fits = methods.every((method) => typeof method === "function") && Number.isInteger(size);
  mustBe(fits, "outbox", "an object with size, append, at and remove", given);
  let failure: string | undefined;
  /** At the front, settled, and it has not let go of them: it is told again with the next. Nobody else sees them. */
  let leftovers = 0;
  /** Its `remove()` is, which none may be: it removes some time later. */
  let isAsync = false;
  /** How many operations it has taken so far. An app may track something while its outbox is at work. */
  let taken = 0;

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

  /** How many operations it holds; where it does not say so, what it must be by what was done. */
  function look(): number {
    const now = attempt(() => outbox.size);
    if (!Number.isInteger(now)) return size;
    // An async removal that has come to its end: what is gone need not be removed again.
    leftovers -= Math.min(leftovers, Math.max(0, size - (now as number)));
    size = now as number;
    return size;
  }

  /** It must not be async. Where it is, what it rejects with shall not end the process. */
  const tell = (action: () => unknown) => attempt(() => ignoreRejection(action()));

  /** `by`: what is added to its size when it does as it is told. */
  function change(by: number, action: () => unknown): void {
    const before = look() - taken;
    tell(action);
    const thrown = failure;
    const wanted = before + taken + by;
    if (!thrown) size = wanted;
    // One that holds more has done so, too: what else came into it is counted before it is sent.
    failure = look() === wanted || (by > 0 && size > wanted) ? undefined : (thrown ?? "its size is wrong");
  }

  return {
    get size() {
      return look() - leftovers;
    },
    get failure() {
      return failure;
    },
    append(operation) {
      change(1, () => outbox.append(operation));
      if (!failure) taken += 1;
    },
    at: (index) =>
      attempt(() => {
        const operation = outbox.at(index + leftovers);
        // What storage gives back may be anything: one that cannot be sent fails here.
        if (operation !== undefined) mustBeSendable(operation);
        return operation;
      }),
    remove(offset, count) {
      if (offset > 0) return change(-count, () => outbox.remove(offset + leftovers, count));
      const wanted = Math.max(0, look() - leftovers - count) - taken;
      leftovers += count;
      // What an async one was told already it will do.
      const told = isAsync ? count : leftovers;
      change(-told, () => {
        const returned: unknown = outbox.remove(0, told);
        isAsync = returned instanceof Promise;
        return returned;
      });
      leftovers = Math.max(0, size - wanted - taken);
      failure = undefined;
    },
    inFlight: (count) => tell(() => outbox.inFlight?.(count && count + leftovers)),
  };
}

/** Or it throws. */
function mustBeSendable(operation: Operation): void {
  const isWhole =
    operation.kind === "track"
      ? operation.properties[0] === "{" && encodeEvent(operation)
      : operation.kind === "identify" && operation.body;
  if (typeof isWhole !== "string") throw new Error("an operation is unreadable");
}
