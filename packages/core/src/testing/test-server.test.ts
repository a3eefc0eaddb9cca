/** The client of a server for tests; each runtime's package tests its own. */
import { describe, expect, test } from "vitest";
import { fakePorts } from "../../test/fake-ports.ts";
import type { DeviceRecord } from "../client/device.ts";
import { createServerClient } from "../client/server-client.ts";
import type { WhisperrError } from "../errors.ts";
import { identityOf } from "../identity/identity-keeper.ts";
import { resolveOptions } from "../resolve-options.ts";
import { hear, newNotes, newVisitor, recordingOf } from "./notes.ts";
import { serverOptions, type TestOptions, testServer } from "./test-server.ts";

function clientOf(given: TestOptions = {}) {
  const notes = newNotes();
  const options = serverOptions(notes, given as never);
  const resolved = resolveOptions(options, { maxQueueSize: 10_000 });
  const { ports, timers } = fakePorts({ fetch: options.fetch as never });
  const { api, client } = createServerClient(options, resolved, ports);
  return { notes, timers, client, whisperr: testServer(notes, api) };
}

test("what was said is there at once, in order, by user and by name", async () => {
  const { whisperr, timers } = clientOf();
  whisperr.track("ada", "payment_failed", { amount_cents: 4900 }, { page: "/cart" });
  whisperr.identify("ada", { email: "ada@example.com", traits: { plan: "pro" }, preferredChannel: "email" });
  whisperr.forUser("bob").track("signed_in");
  whisperr.forUser("7").identify();
  const failed = {
    userId: "ada",
    event: "payment_failed",
    properties: { amount_cents: 4900 },
    context: { page: "/cart" },
    occurredAt: new Date(Date.UTC(2026, 5, 14, 12)),
  };
  const ada = {
    userId: "ada",
    traits: { plan: "pro" },
    channels: [{ type: "email", address: "ada@example.com", optedIn: true }],
    preferredChannel: "email",
  };
  const nobody = { userId: "7", traits: {}, channels: [] };
  expect(whisperr.tracked("payment_failed")).toStrictEqual([failed]);
  expect(whisperr.tracked().map(({ event }) => event)).toEqual(["payment_failed", "signed_in"]);
  expect(whisperr.identified()).toStrictEqual([ada, nobody]);
  expect(whisperr.identified("bob")).toEqual([]);
  expect(whisperr.identified(7 as never)).toEqual([nobody]);
  expect(whisperr.timeline("ada")).toEqual([failed, ada]);
  expect(timers.delays(), "nothing is sent by itself").toEqual([]);
  expect(await whisperr.flush()).toEqual({ delivered: 4, dropped: 0, pending: 0 });
  expect(whisperr.tracked()).toHaveLength(2);
  whisperr.clear();
  expect([whisperr.tracked(), whisperr.identified()]).toEqual([[], []]);
});

test("a channel's consent and check are told, where the call said them", () => {
  const { whisperr } = clientOf();
  whisperr.identify("ada", {
    channels: [{ type: "sms", address: "+4912345678", optedIn: false, verified: true }],
  });
  expect(whisperr.identified()[0]?.channels).toEqual([
    { type: "sms", address: "+4912345678", optedIn: false, verified: true },
  ]);
});

test("each client has an outbox of its own", () => {
  const options = serverOptions(newNotes(), {});
  expect(options.outbox).not.toBe(options.outbox);
});

test("in browsers: whoever visits is named, and events that wait for a user are not there yet", () => {
  const notes = newNotes();
  const event = {
    kind: "track",
    event: "opened",
    atMs: 0,
    idPrefix: "",
    idNumber: 1,
    properties: "{}",
    context: "{}",
  } as const;
  hear(notes, { ...event, userId: undefined, anonymousId: "anon_1" } as never);
  hear(notes, { ...event, userId: undefined, held: true } as never);
  expect(recordingOf(notes).tracked()).toMatchObject([{ userId: undefined, anonymousId: "anon_1" }]);
});

describe("a call that is wrong", () => {
  test("throws, and the next one is none the worse", () => {
    const { whisperr } = clientOf();
    const wrong = "Whisperr: ";
    expect(() => whisperr.track("", "signed_in")).toThrow(
      `${wrong}track("signed_in") was dropped: the user id must be`,
    );
    expect(() => whisperr.identify("")).toThrow("identify() was dropped: the user id must be");
    expect(() => whisperr.forUser("").track("signed_in")).toThrow("the user id must be");
    expect(() => whisperr.forUser("").identify()).toThrow("the user id must be");
    whisperr.track("ada", "signed_in");
    expect(whisperr.tracked()).toHaveLength(1);
  });

  test("that nobody waited for makes the next one throw, before it does anything, and no further one", () => {
    const { notes, whisperr } = clientOf();
    notes.errors.push({ type: "dropped", reason: "invalid_user_id", count: 1, message: "late" });
    expect(() => whisperr.track("ada", "signed_in")).toThrow("Whisperr: late");
    expect(whisperr.tracked()).toEqual([]);
    notes.errors.push({ type: "dropped", reason: "invalid_user_id", count: 1, message: "late" });
    expect(() => whisperr.timeline("ada")).toThrow("Whisperr: late");
    notes.errors.push({ type: "dropped", reason: "invalid_user_id", count: 1, message: "late" });
    whisperr.clear();
    expect(whisperr.tracked()).toEqual([]);
  });

  test.each(["no_user", "opted_out", "reset"] as const)("is none for %s", (reason) => {
    const { notes, whisperr } = clientOf();
    notes.errors.push({ type: "dropped", reason, count: 1, message: "meant" });
    expect(whisperr.tracked()).toEqual([]);
  });

  test("goes to the app's own onError, where it has one", () => {
    const errors: WhisperrError[] = [];
    const { whisperr } = clientOf({ onError: (error) => void errors.push(error) });
    whisperr.track("", "signed_in");
    expect(errors).toMatchObject([{ reason: "invalid_user_id" }]);
  });
});

test("a new visitor is nobody whom the client knew", () => {
  let stored: string | null = JSON.stringify({ anonymousId: "anon_1", userId: "ada", optedOut: true });
  let ids = 1;
  const client = {
    newId: () => `anon_${++ids}`,
    identityStore: {
      read: () => stored,
      write: (text: string) => {
        stored = text;
      },
    },
  } as DeviceRecord;
  newVisitor(client);
  expect(identityOf(client)).toEqual({ anonymousId: "anon_2" });
});
