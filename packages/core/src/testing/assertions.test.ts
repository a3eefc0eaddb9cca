/** Each runtime's package tests them with its own client; here they look at a list. */
import { describe, expect, test } from "vitest";
import { assertIdentified, assertTracked, matchers } from "./assertions.ts";
import type { Identified, Tracked } from "./recording.ts";

const event = (name: string, properties: Record<string, unknown>): Tracked => ({
  userId: "ada",
  event: name,
  properties,
  context: {},
  occurredAt: new Date(0),
});
const recorded = (tracked: Tracked[], identified: Identified[] = []) => ({
  tracked: () => tracked,
  identified: () => identified,
});

const PAID = {
  amount_cents: 4900,
  at: "1970-01-01T00:00:00.000Z",
  card: { brand: "visa", tries: [1, 2] },
  note: null,
};
const whisperr = recorded(
  [event("signed_in", {}), event("payment_failed", PAID)],
  [
    { userId: "ada", traits: { plan: "pro" }, channels: [] },
    { userId: "cleo", traits: {}, channels: [] },
  ],
);

/** What the assertion says; undefined when it holds. */
function saidOf(assertion: () => void): string | undefined {
  try {
    assertion();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

class Money {
  readonly cents = 4900;
}

describe("properties", () => {
  test.each<[string, object | undefined]>([
    ["none", undefined],
    ["some of them", { amount_cents: 4900 }],
    ["some of an object's", { card: { brand: "visa" } }],
    ["of an object without a prototype", { card: Object.assign(Object.create(null), { brand: "visa" }) }],
    ["a list", { card: { tries: [1, 2] } }],
    ["nothing at all", { note: null, missing: undefined }],
    ["a Date", { at: new Date(0) }],
    ["what the runner's matchers take", { amount_cents: expect.any(Number), card: expect.anything() }],
  ])("hold: %s", (_what, properties) => {
    expect(saidOf(() => assertTracked(whisperr, "payment_failed", properties))).toBeUndefined();
  });

  test.each<[string, object]>([
    ["another value", { amount_cents: 1 }],
    ["one of two is another", { amount_cents: 4900, note: "" }],
    ["one that is missing", { plan: "pro" }],
    ["text for a number", { amount_cents: "4900" }],
    ["a shorter list", { card: { tries: [1] } }],
    ["a longer list", { card: { tries: [1, 2, 3] } }],
    ["an object for a list", { card: [] }],
    ["a list for an object", { card: { tries: { length: 2 }, brand: [] } }],
    ["an object for a number", { amount_cents: {} }],
    ["an object for null", { note: {} }],
    ["another Date", { at: new Date(1) }],
    ["an object of a class, which JSON has not", { card: new Money() }],
    ["what the runner's matchers refuse", { amount_cents: expect.any(String) }],
  ])("do not hold: %s", (_what, properties) => {
    expect(saidOf(() => assertTracked(whisperr, "payment_failed", properties))).toMatch(
      /^Expected payment_failed with /,
    );
  });

  test("of a list that is expected where an object is", () => {
    const lists = recorded([event("paid", { list: [1], object: { length: 1, 0: 1 } })]);
    expect(saidOf(() => assertTracked(lists, "paid", { list: [1] }))).toBeUndefined();
    expect(saidOf(() => assertTracked(lists, "paid", { object: [1] }))).toBeDefined();
  });

  test("are compared by the test runner where it can", () => {
    const asked: unknown[][] = [];
    const runner = {
      equals(...given: unknown[]) {
        asked.push([this === runner, ...given]);
        return given[1] instanceof Money;
      },
    };
    const within = (properties: object) =>
      matchers.toHaveTracked.call(runner, whisperr, "payment_failed", properties).pass;
    expect(within({ card: { brand: new Money() } })).toBe(true);
    expect(within({ amount_cents: 4900 })).toBe(false);
    expect(asked).toEqual([
      [true, "visa", new Money()],
      [true, 4900, 4900],
    ]);
    const identified = matchers.toHaveIdentified.call(runner, whisperr, "ada", {
      traits: { plan: new Money() },
    });
    expect(identified.pass).toBe(true);
  });
});

describe("what they say", () => {
  test("of an event that was not tracked: what was", () => {
    expect(saidOf(() => assertTracked(whisperr, "signed_up"))).toBe(
      `Expected signed_up to have been tracked. Recorded:\n  signed_in {} of ada\n  payment_failed ${JSON.stringify(PAID)} of ada`,
    );
    expect(saidOf(() => assertTracked(recorded([]), "signed_up", { plan: "pro" }))).toBe(
      'Expected signed_up with {"plan":"pro"} to have been tracked. Recorded nothing.',
    );
  });

  test("of a user who was not identified", () => {
    expect(saidOf(() => assertIdentified(whisperr, "ada"))).toBeUndefined();
    expect(saidOf(() => assertIdentified(whisperr, "ada", { traits: { plan: "pro" } }))).toBeUndefined();
    expect(saidOf(() => assertIdentified(whisperr, "ada", { traits: { plan: "free" } }))).toBe(
      'Expected ada to have been identified with {"traits":{"plan":"free"}}. Recorded:\n  ada {"traits":{"plan":"pro"},"channels":[]}\n  cleo {"traits":{},"channels":[]}',
    );
    expect(saidOf(() => assertIdentified(whisperr, "bob"))).toMatch(
      /^Expected bob to have been identified\. Recorded:/,
    );
  });

  test("of what was expected not to be there", () => {
    const tracked = matchers.toHaveTracked.call(undefined, whisperr, "signed_in");
    expect([tracked.pass, tracked.message()]).toEqual([
      true,
      expect.stringMatching(/^Expected signed_in to have been tracked, but it was\. Recorded:/),
    ]);
    expect(matchers.toHaveIdentified.call(undefined, whisperr, "ada").pass).toBe(true);
  });

  test.each([undefined, {}, { tracked: [] }])("of %j, which is no client for tests", (other) => {
    const words = "Whisperr: this is no client for tests; make it with createTestWhisperr()";
    expect(saidOf(() => assertTracked(other as never, "signed_in"))).toBe(words);
    expect(saidOf(() => assertIdentified(other as never, "ada"))).toBe(words);
  });
});
