/**
 * `createWhisperr<Events>()`: event names and properties are checked by the compiler. `tsc -p .` judges this file;
 * each call runs as well, since types must not change what happens.
 */
import { describe, expect, expectTypeOf, test } from "vitest";
import { type AnyEvents, createWhisperr, type Schema, type UserClient, type Whisperr } from "../src/index.ts";

interface InterfaceEvents {
  payment_failed: { amount_cents: number; reason?: string };
  session_opened: object;
  plan_viewed: { plan?: "free" | "pro" };
}

// A type alias has an index signature where an interface has none, so both are tried.
type AliasEvents = {
  payment_failed: PaymentFailed;
  session_opened: object;
  plan_viewed: { plan?: "free" | "pro" };
};

interface PaymentFailed {
  amount_cents: number;
  reason?: string | undefined;
}

const options = { apiKey: "wrk_test", flushIntervalMs: 0, exitTimeoutMs: 0, onError: () => {} };

describe.each([
  ["an interface", createWhisperr<InterfaceEvents>(options)],
  ["a type alias", createWhisperr<AliasEvents>(options) as Whisperr<InterfaceEvents>],
])("a map of events that is %s", (_kind, whisperr) => {
  test("lets the events through that it names", () => {
    const { accepted } = whisperr.stats();
    whisperr.track("ada", "payment_failed", { amount_cents: 4900 });
    whisperr.track("ada", "payment_failed", { amount_cents: 4900, reason: "expired" }, { source: "billing" });
    whisperr.forUser("ada").track("payment_failed", { amount_cents: 4900 });
    expect(whisperr.stats().accepted - accepted).toBe(3);
  });

  test("lets properties be left out when none is required", () => {
    const { accepted } = whisperr.stats();
    whisperr.track("ada", "session_opened");
    whisperr.track("ada", "plan_viewed");
    whisperr.track("ada", "plan_viewed", undefined, { source: "pricing" });
    whisperr.forUser("ada").track("plan_viewed");
    expect(whisperr.stats().accepted - accepted).toBe(4);
  });
});

describe("an event without properties", () => {
  interface BareEvents {
    as_undefined: undefined;
    as_null: null;
    // biome-ignore lint/suspicious/noConfusingVoidType: apps write it
    as_void: void;
    as_either: null | undefined;
    as_never: Record<string, never>;
    as_empty: Record<never, never>;
  }
  const whisperr = createWhisperr<BareEvents>(options);
  const user = whisperr.forUser("ada");

  test("is tracked without them, whichever way its map says so", () => {
    const { accepted } = whisperr.stats();
    whisperr.track("ada", "as_undefined");
    whisperr.track("ada", "as_null");
    whisperr.track("ada", "as_void");
    whisperr.track("ada", "as_either");
    whisperr.track("ada", "as_never");
    whisperr.track("ada", "as_empty");
    user.track("as_undefined");
    user.track("as_null");
    user.track("as_void");
    user.track("as_never");
    expect(whisperr.stats().accepted - accepted).toBe(10);
    expect(whisperr.stats().dropped).toEqual({});
  });

  test("may leave their place empty, in front of a context", () => {
    const { accepted } = whisperr.stats();
    whisperr.track("ada", "as_undefined", undefined, { source: "billing" });
    whisperr.track("ada", "as_undefined", null, { source: "billing" });
    whisperr.track("ada", "as_null", null, { source: "billing" });
    whisperr.track("ada", "as_void", undefined, { source: "billing" });
    whisperr.track("ada", "as_never", {}, { source: "billing" });
    user.track("as_void", undefined, { source: "billing" });
    expect(whisperr.stats().accepted - accepted).toBe(6);
    expect(whisperr.stats().dropped).toEqual({});
  });

  test("takes none", () => {
    // @ts-expect-error
    whisperr.track("ada", "as_undefined", { amount_cents: 4900 });
    // @ts-expect-error
    whisperr.track("ada", "as_null", { amount_cents: 4900 });
    // @ts-expect-error
    whisperr.track("ada", "as_void", { amount_cents: 4900 });
    // @ts-expect-error
    whisperr.track("ada", "as_never", { amount_cents: 4900 });
    // @ts-expect-error
    user.track("as_void", { amount_cents: 4900 });
    expect(whisperr.stats().dropped).toEqual({});
  });
});

describe("what the compiler refuses", () => {
  const byInterface = createWhisperr<InterfaceEvents>(options);
  const byAlias = createWhisperr<AliasEvents>(options);

  test("names that the map does not have", () => {
    // @ts-expect-error
    byInterface.track("ada", "payment_faild", { amount_cents: 4900 });
    // @ts-expect-error
    byAlias.track("ada", "payment_faild", { amount_cents: 4900 });
    // @ts-expect-error
    byInterface.forUser("ada").track("payment_faild");
    // @ts-expect-error
    byAlias.forUser("ada").track("payment_faild");
    expect(byInterface.stats().dropped).toEqual({});
  });

  test("properties of another type", () => {
    // @ts-expect-error
    byInterface.track("ada", "payment_failed", { amount_cents: "4900" });
    // @ts-expect-error
    byAlias.track("ada", "payment_failed", { amount_cents: "4900" });
    // @ts-expect-error
    byInterface.track("ada", "plan_viewed", { plan: "gold" });
    // @ts-expect-error
    byInterface.forUser("ada").track("payment_failed", { amount_cents: "4900" });
    expect(byInterface.stats().dropped).toEqual({});
  });

  test("properties that the event does not have", () => {
    // @ts-expect-error
    byInterface.track("ada", "payment_failed", { amount_cents: 4900, amount: 49 });
    // @ts-expect-error
    byAlias.forUser("ada").track("plan_viewed", { plam: "pro" });
    expect(byInterface.stats().dropped).toEqual({});
  });

  test("leaving out properties of which one is required", () => {
    // @ts-expect-error
    byInterface.track("ada", "payment_failed");
    // @ts-expect-error
    byInterface.track("ada", "payment_failed", undefined);
    // @ts-expect-error
    byAlias.track("ada", "payment_failed", {});
    // @ts-expect-error
    byAlias.forUser("ada").track("payment_failed");
    expect(byInterface.stats().dropped).toEqual({});
  });

  test("an event without a user, or properties that are no object", () => {
    const untyped = createWhisperr(options);
    // @ts-expect-error
    untyped.track("payment_failed");
    // @ts-expect-error
    untyped.track("ada", "payment_failed", 4900);
    // @ts-expect-error
    untyped.track("ada", "payment_failed", "4900");
    expect(untyped.stats().dropped).toEqual({ invalid_event_type: 1, invalid_properties: 2 });
  });
});

describe("without a map of events", () => {
  test("any name and any object will do, those of an interface or a class included", () => {
    const whisperr = createWhisperr(options);
    const failed: PaymentFailed = { amount_cents: 4900 };
    class Invoice {
      readonly total = 4900;
    }
    whisperr.track("ada", "payment_failed", failed);
    whisperr.track("ada", "invoice_sent", new Invoice());
    whisperr.forUser("ada").track("anything_else");
    expect(whisperr.stats()).toMatchObject({ accepted: 3, pending: 3 });
  });
});

test("the types that apps name are these", () => {
  const untyped = createWhisperr(options);
  const typed = createWhisperr<InterfaceEvents>(options);
  expectTypeOf(untyped).toEqualTypeOf<Whisperr>();
  expectTypeOf(untyped).toEqualTypeOf<Whisperr<AnyEvents>>();
  expectTypeOf(typed).toEqualTypeOf<Whisperr<InterfaceEvents>>();
  expectTypeOf(typed.forUser("ada")).toEqualTypeOf<UserClient<InterfaceEvents>>();
  const person = typed.forUser("ada");
  expectTypeOf<Parameters<typeof person.track>[0]>().toEqualTypeOf<keyof InterfaceEvents>();
  expect(untyped.stats()).toEqual(typed.stats());
});

describe("schemas in place of a map of events", () => {
  /** As validators type theirs; what they do with values is core's to test. */
  const schemaOf = <Input>() =>
    ({
      "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) },
    }) as Schema<Input>;
  const events = {
    payment_failed: schemaOf<{ amount_cents: number; currency?: string | undefined }>(),
    session_opened: schemaOf<Record<never, never>>(),
  };

  test("type every call by what they take", () => {
    const whisperr = createWhisperr({ ...options, events });
    expectTypeOf(whisperr).toEqualTypeOf<
      Whisperr<{
        payment_failed: { amount_cents: number; currency?: string | undefined };
        session_opened: Record<never, never>;
      }>
    >();
    whisperr.track("ada", "payment_failed", { amount_cents: 4900 });
    whisperr.track("ada", "session_opened");
    whisperr.forUser("ada").track("payment_failed", { amount_cents: 4900, currency: "EUR" });
    // @ts-expect-error
    whisperr.track("ada", "payment_failed", { amount_cents: "4900" });
    // @ts-expect-error
    whisperr.track("ada", "payment_faild", { amount_cents: 4900 });
    // @ts-expect-error
    whisperr.track("ada", "payment_failed");
    expect(whisperr.stats()).toMatchObject({ accepted: 6, pending: 6 });
  });

  test("must fit the map, where there is one", () => {
    createWhisperr<InterfaceEvents>({
      ...options,
      events: { plan_viewed: schemaOf<{ plan?: "free" | "pro" }>() },
    });
    // @ts-expect-error
    createWhisperr<InterfaceEvents>({ ...options, events: { plan_viewed: schemaOf<{ plan: number }>() } });
    expectTypeOf(createWhisperr({ ...options, traits: schemaOf<object>() })).toEqualTypeOf<Whisperr>();
  });
});
