/** Calls of a user who is still looked up, and calls without one. */
import { expect, test } from "vitest";
import { fakePorts, settle } from "../../test/fake-ports.ts";
import type { ServerClient } from "../client/server-client.ts";
import type { WhisperrError } from "../errors.ts";
import type { FetchInit, Ports } from "../ports.ts";
import { createProcessClient, type ProcessOptions } from "./process-client.ts";
import { type RequestCalls, requestCallsOf } from "./request-calls.ts";

interface Body {
  readonly external_user_id: string;
  readonly event_type?: string;
  readonly occurred_at: string;
  readonly properties: object;
  readonly context: { readonly $message_id: string };
}

/** `beforeCalls`: what the app does between the making of its client and its first request. */
function requestFixture(options: object = {}, over: Partial<Ports> = {}, beforeCalls = () => {}) {
  const bodies: Body[] = [];
  const errors: WhisperrError[] = [];
  let nowMs = 0;
  const { ports, log } = fakePorts({
    nowMs: () => nowMs,
    async fetch(_url, init: FetchInit) {
      const body = JSON.parse(init.body);
      bodies.push(...(body.events ?? [body]));
      return { status: 202, headers: new Headers(), text: async () => "" };
    },
    onStep: undefined,
    ...over,
  });
  const given = {
    apiKey: "wrk_test",
    onError: (error: WhisperrError) => void errors.push(error),
    ...options,
  };
  const client: ServerClient = createProcessClient(given as ProcessOptions, () => ({
    ports,
    end: {
      listen() {},
      unlisten() {},
      holdingTimers: fakePorts().ports.timers,
      elapsedMs: () => 0,
    },
    environmentKey: () => undefined,
  }));
  const left: string[] = [];
  let found: (user: unknown) => void = () => {};
  const user = new Promise<unknown>((resolve) => {
    found = resolve;
  });
  beforeCalls();
  const calls = requestCallsOf(client) as RequestCalls;
  return {
    client,
    calls,
    later: calls.later(user, (call) => void left.push(call)),
    found: (id: unknown) => found(id),
    left,
    bodies,
    errors,
    log,
    sent: () =>
      bodies.map(({ external_user_id, event_type = "identify" }) => `${external_user_id} ${event_type}`),
    passMs: (ms: number) => {
      nowMs += ms;
    },
  };
}

test("a disabled client, and one that lives in no process, have none", () => {
  const disabled = createProcessClient({ disabled: true }, () => {
    throw new Error("it asks for nothing");
  });
  expect(requestCallsOf(disabled)).toBeUndefined();
});

test("calls have the moment and the values that they were made with, and their order", async () => {
  const { client, calls, later, found, bodies, sent, passMs } = requestFixture();
  const properties = { step: 1 };
  later.track("signed_up", properties, { page: "/a" });
  later.identify({ email: "ada@example.com", traits: { plan: "pro" } });
  later.track("signed_in");
  properties.step = 2;
  passMs(1000);
  expect(client.stats()).toMatchObject({ accepted: 3, pending: 3 });
  const queued = calls.queued();
  found("ada");
  await queued;
  expect(client.stats()).toMatchObject({ accepted: 3, pending: 3 });
  expect(calls.queued(), "none waits any more").toBeUndefined();
  await client.flush();
  expect(sent()).toEqual(["ada signed_up", "ada identify", "ada signed_in"]);
  expect(bodies).toMatchObject([
    { occurred_at: "1970-01-01T00:00:00.000Z", properties: { step: 1 }, context: { page: "/a" } },
    { channels: [{ channel: "email", address: "ada@example.com" }], traits: { plan: "pro" } },
    { occurred_at: "1970-01-01T00:00:00.000Z" },
  ]);
  const ids = [bodies[0], bodies[2]].map((body) => body?.context.$message_id);
  expect(new Set(ids).size).toBe(2);
});

test("of a request without a user each call is named, and nothing is queued", async () => {
  const { client, calls, later, found, left } = requestFixture();
  later.track("signed_up");
  later.identify();
  const queued = calls.queued();
  found(undefined);
  await queued;
  expect(left).toEqual(['track("signed_up")', "identify()"]);
  expect(client.stats()).toMatchObject({ accepted: 0, pending: 0 });
  expect(calls.queued()).toBeUndefined();
});

test("a user that is none is refused once he is found; what else is wrong with a call, at the call", async () => {
  const { client, later, found, errors } = requestFixture();
  later.track("Not a name" as string);
  later.identify({ email: 7 } as never);
  expect(errors.map(({ reason }) => reason)).toEqual(["invalid_event_type", "invalid_channels"]);
  later.track("signed_up");
  found("  ");
  await settle();
  expect(errors[2]).toMatchObject({
    reason: "invalid_user_id",
    message: expect.stringMatching(/^track\("signed_up"\) was dropped: the user id must be /),
  });
  expect(client.stats()).toMatchObject({ accepted: 3, pending: 0 });
});

test("why nobody knows whose a call is, is reported with it, at once and later", async () => {
  const { client, calls, later, found, left, errors } = requestFixture();
  calls.fail('track("signed_in")', new Error("the table is locked"));
  later.track("signed_up");
  found(new Error("the database is away"));
  await settle();
  expect(errors).toEqual(
    [
      'track("signed_in") was dropped: the table is locked.',
      'track("signed_up") was dropped: the database is away.',
    ].map((message) => ({ type: "dropped", reason: "invalid_user_id", count: 1, message })),
  );
  expect(left).toEqual([]);
  expect(client.stats()).toEqual({ accepted: 2, delivered: 0, dropped: { invalid_user_id: 2 }, pending: 0 });
});

test("as many calls wait as the queue would take, the newest; those that found their user make room", async () => {
  const { client, later, found, errors, sent } = requestFixture({
    maxQueueSize: 2,
    flushAt: 2,
    flushIntervalMs: 0,
  });
  for (const event of ["first", "second", "third"]) later.track(event);
  const message = "The queue is full, the oldest were dropped: raise maxQueueSize or maxQueueBytes.";
  const full = { type: "dropped", reason: "queue_full", count: 1, message, messageIds: [expect.anything()] };
  expect(errors).toEqual([full]);
  expect(client.stats()).toEqual({ accepted: 3, delivered: 0, dropped: { queue_full: 1 }, pending: 2 });
  found("ada");
  await settle();
  later.track("fourth");
  await settle();
  await client.flush();
  expect(errors).toHaveLength(1);
  expect(sent()).toEqual(["ada second", "ada third", "ada fourth"]);
  expect(client.stats()).toEqual({ accepted: 4, delivered: 3, dropped: { queue_full: 1 }, pending: 0 });
});

test("as much waits as the queue may weigh, and one call at least", async () => {
  const { client, calls, later, found, errors, sent } = requestFixture({ maxQueueBytes: 10_000 });
  const text = "x".repeat(4_000);
  for (const event of ["first", "second", "third"]) later.track(event, { text });
  later.identify({ traits: { text } });
  expect([client.stats().pending, calls.waiting()]).toEqual([2, 2]);
  later.track("fourth", { text: text.repeat(3) });
  expect(client.stats()).toEqual({ accepted: 5, delivered: 0, dropped: { queue_full: 4 }, pending: 1 });
  const queued = calls.queued();
  found("ada");
  await queued;
  await client.flush();
  expect(
    errors.map(({ reason, count }) => [reason, count]),
    "the first at once, the others together",
  ).toEqual([
    ["queue_full", 1],
    ["queue_full", 3],
  ]);
  expect(sent()).toEqual(["ada fourth"]);
  later.track("fifth", { text });
  later.track("sixth", { text });
  expect(client.stats().pending, "what has left weighs nothing").toBe(2);
});

test("what was dropped is told even where no user is found", async () => {
  const { later, found, errors } = requestFixture({ maxQueueSize: 1, flushAt: 1 });
  for (const event of ["first", "second", "third"]) later.track(event);
  found(undefined);
  await settle();
  expect(errors).toMatchObject([
    { reason: "queue_full", count: 1 },
    { reason: "queue_full", count: 1 },
  ]);
});

test("beforeSend sees an event once, with its user, and may leave it out; an identify it does not see", async () => {
  const seen: string[] = [];
  const { client, later, found, bodies } = requestFixture({
    beforeSend(event: Body & { properties: object }) {
      seen.push(`${event.external_user_id} ${event.event_type}`);
      return event.event_type === "secret" ? null : { ...event, properties: { of: event.external_user_id } };
    },
  });
  later.track("signed_up");
  later.track("secret");
  later.identify({ traits: { plan: "pro" } });
  expect(seen).toEqual([]);
  found("ada");
  await settle();
  await client.flush();
  expect(seen).toEqual(["ada signed_up", "ada secret"]);
  expect(bodies).toMatchObject([
    { properties: { of: "ada" } },
    { external_user_id: "ada", traits: { plan: "pro" } },
  ]);
  expect(client.stats().dropped).toEqual({ before_send: 1 });
});

test("what beforeSend gives an event that has no content is printed", async () => {
  const { later, found, log } = requestFixture({
    beforeSend: (event: Body) => ({ ...event, properties: { done: () => {} } }),
  });
  later.track("signed_up");
  found("ada");
  await settle();
  expect(log).toEqual([{ level: "warn", message: "[whisperr] signed_up: properties.done is a function." }]);
});

test("events of a looked up user have the context of the client, and its schemas", async () => {
  const validate = (value: unknown) => ({ value: { ...(value as object), checked: true } });
  const events = { signed_up: { "~standard": { version: 1, vendor: "test", validate } } };
  const { client, later, found, bodies } = requestFixture({ context: { service: "billing" }, events });
  later.track("signed_up", { plan: "pro" });
  found("ada");
  await settle();
  await client.flush();
  expect(bodies).toMatchObject([
    { context: { service: "billing" }, properties: { plan: "pro", checked: true } },
  ]);
});

test("the context is the one that the client was made with", async () => {
  const context = { release: "1" };
  const changed = () => {
    context.release = "2";
  };
  const { client, later, found, bodies } = requestFixture({ context }, {}, changed);
  later.track("signed_up");
  found("ada");
  await settle();
  await client.flush();
  expect(bodies).toMatchObject([{ context: { release: "1" } }]);
});

test("they say who records them, and the span of the call", async () => {
  const library = { name: "@whisperr/node", version: "1.0.0", runtime: "node/26.0.0" };
  let span: object | undefined = { trace_id: "abc1", span_id: "def2" };
  const { client, later, found, bodies } = requestFixture({}, { library, spanOfCall: () => span });
  later.track("signed_up");
  span = undefined;
  later.track("signed_in", {}, { page: "/a" });
  found("ada");
  await settle();
  await client.flush();
  const $message_id = expect.anything();
  expect(bodies.map(({ context }) => context)).toEqual([
    { library, trace_id: "abc1", span_id: "def2", $message_id },
    { library, page: "/a", $message_id },
  ]);
});

test("after shutdown() a call is refused at once", async () => {
  const { client, later, errors } = requestFixture();
  await client.shutdown();
  later.track("signed_up");
  expect(errors).toMatchObject([
    { reason: "shut_down", message: 'track("signed_up") came after shutdown()' },
  ]);
});

test("a call without a user is counted; the app is told where it should be", () => {
  const { client, calls, errors, log } = requestFixture();
  calls.leaveOut("nobody is signed in", false);
  expect(errors).toEqual([]);
  calls.leaveOut("there is no resolveUser", true);
  expect(errors).toEqual([
    { type: "dropped", reason: "no_user", count: 1, message: "there is no resolveUser" },
  ]);
  expect(client.stats()).toMatchObject({ accepted: 2, dropped: { no_user: 2 } });
  expect(log).toEqual([]);
});

test("without an onError it is printed once, and does not silence other errors; debug prints all", () => {
  const quiet = requestFixture({ onError: undefined });
  quiet.calls.leaveOut("nobody is signed in", false);
  for (const _ of [1, 2]) quiet.calls.leaveOut("there is no resolveUser", true);
  expect(quiet.log).toEqual([{ level: "warn", message: "[whisperr] there is no resolveUser" }]);
  expect(quiet.client.stats()).toMatchObject({ accepted: 3, dropped: { no_user: 3 } });
  const loud = requestFixture({ onError: undefined, debug: true });
  loud.calls.leaveOut("nobody is signed in", false);
  loud.calls.leaveOut("there is no resolveUser", true);
  expect(loud.log).toEqual([
    { level: "debug", message: "[whisperr] nobody is signed in" },
    { level: "debug", message: "[whisperr] dropped: there is no resolveUser" },
  ]);
});
