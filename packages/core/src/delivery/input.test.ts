import { expect, test } from "vitest";
import {
  adopted,
  appended,
  flushRequested,
  inputName,
  stopRequested,
  withdrawn,
} from "../../test/machine-builders.ts";
import { EVERY_INPUT } from "../../test/transition-cases/transition-case.ts";
import { pendingAfter } from "./input.ts";

test("operations that come in are counted before their input is handled, and those that go no longer", () => {
  const waiting = [appended(3), flushRequested, adopted(2), withdrawn(0, 4), stopRequested];

  expect(waiting.reduce(pendingAfter, 10)).toBe(11);
});

test("no other input changes how many there are: what an answer settles is known once it is handled", () => {
  const changing = EVERY_INPUT.filter((input) => pendingAfter(10, input) !== 10);

  expect(changing.map(inputName)).toEqual(["appended", "adopted", "withdrawn"]);
});
