import { expect, test } from "vitest";
import { arrayOutbox, aTrack } from "../../test/operations.ts";
import type { Operation } from "../events/operation.ts";
import { guardedOutbox } from "./guarded-outbox.ts";
import type { AppOutbox } from "./outbox.ts";

const outbox = arrayOutbox();

test.each<[string, unknown]>([
  ["text", "memory"],
  ["true", true],
  ["an array", []],
  ["an object without methods", { size: 0 }],
  ["an outbox without a size", { ...outbox, size: undefined }],
  ["an outbox whose size is a method", { ...outbox, size: () => 0 }],
  ["an outbox whose size is no whole number", { ...outbox, size: Number.NaN }],
  ...["append", "at", "remove"].map((name): [string, unknown] => [
    `an outbox without ${name}()`,
    { ...outbox, [name]: undefined },
  ]),
])("an outbox is not %s", (_name, given) => {
  expect(() => guardedOutbox(given as AppOutbox, () => {})).toThrow(
    "Whisperr: outbox must be an object with size, append, at and remove (got ",
  );
});

test("an outbox is whatever has the methods", () => {
  expect(() => guardedOutbox(arrayOutbox(), () => {})).not.toThrow();
});

/** Throws, before it does what it is told or after that. */
function throwing(when: "before" | "after"): { outbox: ReturnType<typeof guardedOutbox>; said: string[] } {
  const inner = arrayOutbox();
  const said: string[] = [];
  const doing = (action: () => unknown) => {
    if (when === "after") action();
    throw new Error("disk full");
  };
  const given: AppOutbox = {
    get size() {
      return inner.size;
    },
    append: (operation) => doing(() => inner.append(operation as Operation)),
    at: () => doing(() => {}),
    remove: (offset, count) => doing(() => inner.remove(offset, count)),
    inFlight: () => doing(() => {}),
  };
  return { outbox: guardedOutbox(given, (message) => said.push(message)), said };
}

test("what it throws is a value, for as long as it is the last that happened", () => {
  const { outbox, said } = throwing("before");

  outbox.append(aTrack());
  expect(outbox.failure).toBe("disk full");
  expect(outbox.at(0)).toBeUndefined();
  outbox.inFlight?.(1);
  outbox.remove(0, 1);
  expect(outbox.failure).toBe("disk full");
  expect(said).toEqual(Array(4).fill("the outbox failed: disk full"));

  const sound = guardedOutbox(arrayOutbox(), () => {});
  sound.append(aTrack());
  expect([sound.failure, sound.size, sound.at(0)]).toEqual([undefined, 1, aTrack()]);
});

test("what it throws once it has done as it was told is only mentioned", () => {
  const { outbox, said } = throwing("after");

  outbox.append(aTrack());
  expect([outbox.failure, outbox.size]).toEqual([undefined, 1]);
  outbox.remove(0, 1);
  expect([outbox.failure, outbox.size]).toEqual([undefined, 0]);
  expect(said).toHaveLength(2);
});
