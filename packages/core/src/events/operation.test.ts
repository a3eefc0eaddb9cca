import { expect, test } from "vitest";
import { FIXED_UUID } from "../../test/fake-ports.ts";
import { anIdentify, aTrack } from "../../test/operations.ts";
import { formatMessageId, isHeld } from "./operation.ts";

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test.each([1, 15, 255, 65_536, 2 ** 40, 2 ** 48 - 1])(
  "the message id of event %i is a valid UUID",
  (idNumber) => {
    expect(formatMessageId(aTrack({ idPrefix: FIXED_UUID.slice(0, 24), idNumber }))).toMatch(UUID_V4);
  },
);

test("different numbers give different ids", () => {
  const ids = Array.from({ length: 10_000 }, (_, idNumber) => formatMessageId(aTrack({ idNumber })));

  expect(new Set(ids).size).toBe(10_000);
});

test("only an event that says so waits for its user", () => {
  expect([aTrack({ held: true }), aTrack(), anIdentify(), undefined].map(isHeld)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
