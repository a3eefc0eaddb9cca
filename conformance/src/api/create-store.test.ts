import { describe, expect, test } from "vitest";
import { createStore } from "./create-store.ts";
import type { StoredEvent } from "./store.ts";

function stored(messageId: string, changes: Partial<StoredEvent> = {}): StoredEvent {
  const occurredAt = "2026-06-14T12:00:00.000Z";
  return {
    messageId,
    eventType: "plan_upgraded",
    occurredAt,
    occurredAtMs: Date.parse(occurredAt),
    properties: {},
    context: { $message_id: messageId },
    requestIndex: 0,
    ...changes,
  };
}

const ids = (events: readonly StoredEvent[]) => events.map((event) => event.messageId);

describe("events", () => {
  test("are kept once per message id, and the repeats are counted by type", () => {
    const store = createStore();
    for (const id of ["a", "b", "a", "a"]) store.addEvent(stored(id, { userId: "u" }));
    expect(ids(store.events)).toEqual(["a", "b"]);
    expect(store.duplicates).toBe(2);
    expect(store.byType.get("plan_upgraded")).toEqual({ stored: 2, duplicates: 2, rejected: 0 });
  });

  test("form a timeline by occurred_at, in the order accepted when equal", () => {
    const store = createStore();
    store.addEvent(stored("late", { userId: "u", occurredAtMs: 30 }));
    store.addEvent(stored("first", { userId: "u", occurredAtMs: 10 }));
    store.addEvent(stored("second", { userId: "u", occurredAtMs: 10 }));
    store.addEvent(stored("other", { userId: "v", occurredAtMs: 20 }));
    expect(ids(store.timeline("u"))).toEqual(["first", "second", "late"]);
    expect(ids(store.events)).toEqual(["late", "first", "second", "other"]);
  });

  test("that were rejected are listed and counted", () => {
    const store = createStore();
    store.reject({ requestIndex: 3, reason: "why", event: { event_type: "odd" } });
    expect(store.rejected).toEqual([{ requestIndex: 3, reason: "why", event: { event_type: "odd" } }]);
    expect(store.byType.get("odd")).toEqual({ stored: 0, duplicates: 0, rejected: 1 });
  });
});

describe("users", () => {
  test("exist from their first event or identify on", () => {
    const store = createStore();
    store.addEvent(stored("a", { userId: "tracked" }));
    store.identify({ external_user_id: "identified" });
    expect([...store.users.keys()]).toEqual(["tracked", "identified"]);
    expect(store.users.get("tracked")?.identifies).toBe(0);
  });

  test("merge traits and keep the preferred channel until another is given", () => {
    const store = createStore();
    store.identify({ external_user_id: "u", traits: { plan: "free", seats: 1 }, preferred_channel: "sms" });
    store.identify({ external_user_id: "u", traits: { plan: "pro" } });
    expect(store.users.get("u")).toMatchObject({
      traits: { plan: "pro", seats: 1 },
      preferredChannel: "sms",
      identifies: 2,
    });
  });

  test("upsert channels by channel and address", () => {
    const store = createStore();
    const email = { channel: "email", address: "a@example.com", opted_in: true, verified: true } as const;
    const push = { channel: "push", address: "token", opted_in: true, push_env: "sandbox" } as const;
    store.identify({ external_user_id: "u", channels: [email, push] });
    const { verified: _, ...optedOut } = { ...email, opted_in: false };
    store.identify({ external_user_id: "u", channels: [optedOut, { ...email, address: "b@example.com" }] });
    expect(store.users.get("u")?.channels).toEqual([
      { channel: "email", address: "a@example.com", optedIn: false, verified: true },
      { channel: "push", address: "token", optedIn: true, pushEnv: "sandbox" },
      { channel: "email", address: "b@example.com", optedIn: true, verified: true },
    ]);
  });
});

describe("visitors", () => {
  test("are promoted with all their events, earlier and later ones", () => {
    const store = createStore();
    store.addEvent(stored("before", { anonymousId: "visitor" }));
    store.addEvent(stored("other", { anonymousId: "someone" }));
    expect(ids(store.anonymousTimeline("visitor"))).toEqual(["before"]);
    store.identify({ external_user_id: "u", anonymous_id: "visitor" });
    store.addEvent(stored("after", { anonymousId: "visitor" }));
    expect(ids(store.timeline("u"))).toEqual(["before", "after"]);
    expect(store.anonymousTimeline("visitor")).toEqual([]);
    expect(ids(store.anonymousTimeline("someone"))).toEqual(["other"]);
    expect(store.users.get("u")?.anonymousIds).toEqual(["visitor"]);
  });

  test("who come with a user id belong to that user, unpromoted", () => {
    const store = createStore();
    store.addEvent(stored("both", { userId: "u", anonymousId: "visitor" }));
    store.addEvent(stored("alone", { anonymousId: "visitor" }));
    store.identify({ external_user_id: "v", anonymous_id: "visitor" });
    expect(ids(store.timeline("u"))).toEqual(["both"]);
    expect(ids(store.timeline("v"))).toEqual(["alone"]);
  });
});
