/** Calls of a user who is still looked up, and what else happens meanwhile. */
import { setImmediate } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { requestClients } from "../src/frameworks/request-client.ts";
import { createWhisperr, type NodeOptions, type UserClient, type WhisperrError } from "../src/index.ts";
import { startIngestionApi } from "./ingestion-api.ts";

/** A request, and the answer of its `resolveUser` in the test's hands. */
async function createRequest(options: NodeOptions = {}) {
  const api = await startIngestionApi();
  const errors: WhisperrError[] = [];
  const onError = (error: WhisperrError) => void errors.push(error);
  const whisperr = createWhisperr({ apiKey: "wrk_test", baseUrl: api.url, onError, ...options });
  const lookups: ((user: string | undefined | Promise<string>) => void)[] = [];
  const resolveUser = () => new Promise<string | undefined>((resolve) => lookups.push(resolve));
  const clientOf = requestClients(
    whisperr,
    { resolveUser },
    { name: "test()", holders: () => [], where: "" },
  );
  const sent = () =>
    api.events().map((event) => `${event.external_user_id} ${event.event_type ?? "identify"}`);
  return { api, whisperr, errors, lookups, client: clientOf() as UserClient, sent };
}

test("flush() waits for the user, and then for the delivery", async () => {
  const { whisperr, lookups, client, sent } = await createRequest();
  client.track("signed_up");
  const flushed = whisperr.flush();
  client.identify({ email: "ada@example.com" });
  lookups[0]?.("ada");
  expect(await flushed).toMatchObject({ dropped: 0, pending: 0 });
  expect(sent()).toEqual(["ada signed_up", "ada identify"]);
  expect(lookups).toHaveLength(1);
});

test("flush({ timeoutMs }) does not wait longer for the user than it may", async () => {
  const { whisperr, lookups, client, sent } = await createRequest();
  client.track("signed_up");
  expect(await whisperr.flush({ timeoutMs: 1 })).toEqual({ delivered: 0, dropped: 0, pending: 1 });
  lookups[0]?.("ada");
  await whisperr.flush();
  expect(sent()).toEqual(["ada signed_up"]);
});

test("shutdown() waits for the user, once", async () => {
  const { whisperr, lookups, client, sent } = await createRequest();
  client.track("signed_up");
  const ended = whisperr.shutdown({ timeoutMs: 60_000 });
  expect(whisperr.shutdown()).toBe(ended);
  lookups[0]?.("ada");
  expect(await ended).toEqual({ delivered: 1, dropped: 0, pending: 0 });
  expect(whisperr.shutdown()).toBe(ended);
  expect(sent()).toEqual(["ada signed_up"]);
});

test.each(["flush", "shutdown"] as const)(
  "%s() lets nothing else wait for the user",
  { timeout: 60_000 },
  async (end) => {
    const { whisperr, lookups, client, sent } = await createRequest();
    client.track("signed_up");
    whisperr.track("bob", "invoice_paid");
    const ended = whisperr[end]({ timeoutMs: 50_000 });
    await vi.waitFor(() => expect(sent()).toEqual(["bob invoice_paid"]), { timeout: 30_000 });
    lookups[0]?.("ada");
    expect(await ended).toEqual({ delivered: 2, dropped: 0, pending: 0 });
    expect(sent()).toEqual(["bob invoice_paid", "ada signed_up"]);
  },
);

test("whoever is not found before the end of shutdown() is too late: that is counted and reported then", async () => {
  const { whisperr, lookups, client, errors, sent } = await createRequest();
  client.track("signed_up");
  client.identify();
  expect(await whisperr.shutdown({ timeoutMs: 1 })).toEqual({ delivered: 0, dropped: 2, pending: 0 });
  const message = "2 calls came too late: the user was still looked up when time was over.";
  const late = { type: "dropped", reason: "shut_down", count: 2, message };
  expect(errors).toEqual([late]);
  lookups[0]?.("ada");
  await setImmediate();
  expect(whisperr.stats()).toEqual({ accepted: 2, delivered: 0, dropped: { shut_down: 2 }, pending: 0 });
  expect([errors, sent()]).toEqual([[late], []]);
});

/** Behind a first lookup that is over: the next call asks again, and those behind it know the user. */
async function signInAndOrder({
  whisperr,
  lookups,
  client,
  sent,
}: Pick<Awaited<ReturnType<typeof createRequest>>, "whisperr" | "lookups" | "client" | "sent">) {
  await whisperr.flush();
  client.track("signed_in");
  lookups[1]?.("ada");
  await whisperr.flush();
  client.track("order_placed");
  await whisperr.flush();
  expect(sent()).toEqual(["ada signed_in", "ada order_placed"]);
  expect(lookups).toHaveLength(2);
}

test("a request that found nobody asks again at its next call", async () => {
  const { whisperr, lookups, client, sent } = await createRequest();
  client.track("page_opened");
  lookups[0]?.(undefined);
  await signInAndOrder({ whisperr, lookups, client, sent });
  expect(whisperr.stats()).toMatchObject({ accepted: 3, delivered: 2, dropped: { no_user: 1 } });
});

test("a lookup that failed costs the calls that waited for it; the next call asks again", async () => {
  const { whisperr, lookups, client, errors, sent } = await createRequest();
  client.track("page_opened");
  client.track("cart_opened");
  lookups[0]?.(Promise.reject(new Error("the database is away")));
  await signInAndOrder({ whisperr, lookups, client, sent });
  expect(errors.map(({ reason }) => reason)).toEqual(["invalid_user_id", "invalid_user_id"]);
  expect(whisperr.stats()).toMatchObject({ accepted: 4, delivered: 2, dropped: { invalid_user_id: 2 } });
});

test("beforeSend sees the event with its user; what is wrong with a call is refused at the call", async () => {
  const { whisperr, lookups, client, errors, api } = await createRequest({
    beforeSend: (event) => ({ ...event, properties: { of: event.external_user_id } }),
  });
  client.track("Not a name" as string);
  expect(errors).toMatchObject([{ reason: "invalid_event_type" }]);
  client.track("signed_up");
  lookups[0]?.("ada");
  await whisperr.flush();
  expect(api.events()).toMatchObject([{ external_user_id: "ada", properties: { of: "ada" } }]);
});

test("as many calls wait as the queue would take, and no more", async () => {
  const { whisperr, client, errors } = await createRequest({ maxQueueSize: 2, flushAt: 2 });
  for (const _ of [1, 2, 3]) client.track("signed_up");
  expect(errors).toMatchObject([{ reason: "queue_full", count: 1 }]);
  expect(whisperr.stats()).toMatchObject({ accepted: 3, pending: 2, dropped: { queue_full: 1 } });
});

test("a lookup that never answers is given up, and its calls are counted", async () => {
  const { whisperr, client, errors } = await createRequest();
  vi.useFakeTimers();
  client.track("signed_up");
  await vi.advanceTimersByTimeAsync(10_000);
  const message = 'track("signed_up") was dropped: resolveUser threw: no answer within 10000 ms.';
  expect(errors).toMatchObject([{ reason: "invalid_user_id", message }]);
  expect(whisperr.stats()).toMatchObject({ accepted: 1, dropped: { invalid_user_id: 1 } });
});

test("a disabled client does nothing with them", async () => {
  const whisperr = createWhisperr({ disabled: true });
  const framework = { name: "test()", holders: () => [], where: "" };
  const none = requestClients(whisperr, undefined, framework)();
  const later = requestClients(whisperr, { resolveUser: async () => "ada" }, framework)();
  for (const client of [none, later]) {
    client.track("signed_up");
    client.identify();
  }
  expect(whisperr.stats().accepted).toBe(0);
});
