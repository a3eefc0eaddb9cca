import { expect, test } from "vitest";
import { arrayOutbox } from "../../test/operations.ts";
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
