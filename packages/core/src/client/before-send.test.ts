import { expect, test } from "vitest";
import { aTrack } from "../../test/operations.ts";
import type { TrackOperation } from "../events/operation.ts";
import { applyBeforeSend, type WireEvent } from "../events/recorder.ts";

const operation = aTrack({ properties: '{"card":"4242","amount":7}', context: '{"ip":"::1"}' });
const apply = (change: (event: WireEvent) => unknown): TrackOperation | undefined =>
  applyBeforeSend(operation, (event) => change(event) as WireEvent | null);

test("sees the event as it will be sent", () => {
  let seen: unknown;
  apply((event) => {
    seen = event;
    return event;
  });

  expect(seen).toEqual({
    external_user_id: "user_8842",
    event_type: "payment_failed",
    occurred_at: "2026-06-14T12:00:00.000Z",
    properties: { card: "4242", amount: 7 },
    context: { $message_id: "f7a1c2e0-4b3d-4f6a-9c1e-000000000001", ip: "::1" },
  });
});

test("unchanged, the operation stays as it is", () => {
  expect(apply((event) => event)).toEqual(operation);
});

test("may change user, name, properties and context", () => {
  const changed = apply((event) => {
    delete event.properties.card;
    return { ...event, external_user_id: "other", event_type: "other_name", context: {} };
  });

  expect(changed).toEqual({
    ...operation,
    userId: "other",
    event: "other_name",
    properties: '{"amount":7}',
    context: "{}",
  });
});

test("cannot change when it happened or its message id", () => {
  const changed = apply((event) => ({
    ...event,
    occurred_at: "1970-01-01T00:00:00.000Z",
    context: { $message_id: "mine" },
  }));

  expect(changed).toEqual({ ...operation, context: "{}" });
});

test("null leaves the event out", () => {
  expect(apply(() => null)).toBeUndefined();
});

test.each<[string, (event: WireEvent) => unknown, string]>([
  ["nothing is returned", () => undefined, "before_send_failed"],
  ["something else is returned", () => true, "before_send_failed"],
  ["it is async, so that what it returns is a promise", async (event) => event, "before_send_failed"],
  // biome-ignore lint/suspicious/noThenProperty: a thenable that is no Promise
  ["a thenable is returned", (event) => ({ ...event, then() {} }), "before_send_failed"],
  ["the name becomes wrong", (event) => ({ ...event, event_type: "Wrong" }), "invalid_event_type"],
  ["the user goes", (event) => ({ ...event, external_user_id: "" }), "invalid_user_id"],
  ["properties become an array", (event) => ({ ...event, properties: [] }), "invalid_properties"],
  ["context becomes text", (event) => ({ ...event, context: "x" }), "invalid_context"],
  [
    "it throws",
    () => {
      throw new Error("no");
    },
    "before_send_failed",
  ],
])("the event is given up when %s", (_name, change, reason) => {
  expect(() => apply(change)).toThrow(expect.objectContaining({ reason }));
});

test("an async beforeSend is told from other mistakes", () => {
  expect(() => apply(async (event) => event)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining("must be the event or null (got a promise)"),
    }),
  );
});

test("the rejection of an async beforeSend is taken care of: unhandled, it would end the process", () => {
  let handler: unknown;
  const thenable = {
    // biome-ignore lint/suspicious/noThenProperty: sees who listens for a rejection
    then(_onFulfilled: unknown, onRejected: unknown) {
      handler = onRejected;
    },
  };

  expect(() => apply(() => thenable)).toThrow(expect.objectContaining({ reason: "before_send_failed" }));
  expect(handler).toBeTypeOf("function");
});

test.each<[string, (event: WireEvent) => unknown]>([
  ["beforeSend's answer must be the event or null (got true)", () => true],
  ["properties must be a plain JSON object (got an array)", (event) => ({ ...event, properties: [] })],
  ["context must be a plain JSON object (got text)", (event) => ({ ...event, context: "x" })],
  [
    "beforeSend threw: no",
    () => {
      throw new Error("no");
    },
  ],
])("%s", (message, change) => {
  expect(() => apply(change)).toThrow(expect.objectContaining({ message }));
});
