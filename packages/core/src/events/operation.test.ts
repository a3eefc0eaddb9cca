import { expect, test } from "vitest";
import { anIdentify, aTrack } from "../../test/operations.ts";
import { isHeld, isIdentify } from "./operation.ts";

test("only an event that says so waits for its user", () => {
  expect([aTrack({ held: true }), aTrack(), anIdentify(), undefined].map(isHeld)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test("what a broken outbox has nothing of is no identify", () => {
  expect([anIdentify(), aTrack(), undefined].map(isIdentify)).toEqual([true, false, false]);
});
