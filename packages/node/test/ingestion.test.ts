/** The API for an app's tests, with the client that apps have. */
import { afterEach, beforeEach, describe, expect, expectTypeOf, test } from "vitest";
import { createWhisperr, type NodeOptions } from "../src/index.ts";
import { assertTracked, type Ingestion, startIngestion } from "../src/testing.ts";

interface Events {
  payment_failed: { amount_cents: number };
}

let api: Ingestion<Events>;
beforeEach(async () => {
  api = await startIngestion<Events>();
});
afterEach(() => api.close());

const client = (options: NodeOptions = {}) =>
  createWhisperr<Events>({
    apiKey: "wrk_test",
    baseUrl: api.url,
    backoff: { baseMs: 1, maxMs: 1 },
    ...options,
  });

test("tells what has arrived, in order, by user", async () => {
  const whisperr = client();
  whisperr.identify("ada", { email: "ada@example.com", traits: { plan: "pro" } });
  whisperr.track("ada", "payment_failed", { amount_cents: 4900 });
  await whisperr.flush();

  expect(api.tracked("payment_failed")).toMatchObject([
    { userId: "ada", properties: { amount_cents: 4900 } },
  ]);
  for (const one of api.tracked())
    if (one.event === "payment_failed")
      expectTypeOf(one.properties).toEqualTypeOf<{ readonly amount_cents: number }>();
  expect(api.identified("ada")).toMatchObject([{ traits: { plan: "pro" }, channels: [{ type: "email" }] }]);
  expect(api.timeline("ada")).toHaveLength(2);
  assertTracked(api, "payment_failed", { amount_cents: 4900 });
  api.clear();
  expect([api.tracked(), api.identified(), api.requests()]).toEqual([[], [], 0]);
});

describe("faults", () => {
  test("fails as often as it is told, and takes nothing then", async () => {
    api.fail(503, { times: 2 });
    const whisperr = client();
    whisperr.track("ada", "payment_failed", { amount_cents: 1 });

    expect(await whisperr.flush()).toEqual({ delivered: 1, dropped: 0, pending: 0 });
    expect([api.requests(), api.tracked().length]).toEqual([3, 1]);
  });

  test("refuses the key, in words that the app hears", async () => {
    api.fail(401);
    const errors: string[] = [];
    const whisperr = client({ onError: ({ message }) => errors.push(message) });
    whisperr.track("ada", "payment_failed", { amount_cents: 1 });

    expect(await whisperr.flush()).toMatchObject({ pending: 1 });
    expect(errors).toEqual([expect.stringContaining("as the test wants it")]);
  });

  test("loses an answer: what comes again is taken once", async () => {
    api.loseAnswer();
    const whisperr = client();
    whisperr.track("ada", "payment_failed", { amount_cents: 1 });

    expect(await whisperr.flush()).toMatchObject({ delivered: 1 });
    expect([api.requests(), api.tracked().length]).toEqual([2, 1]);
  });
});

test.each([
  ["no JSON", "/v1/events/batch", "{", 400],
  ["no events", "/v1/events/batch", '{"events":[]}', 400],
  ["no user", "/v1/identify", "{}", 400],
  ["another address", "/v1/elsewhere", "{}", 400],
  ["an event without an id", "/v1/events/batch", '{"events":[{"external_user_id":"ada"}]}', 202],
])("refuses %s", async (_what, path, body, status) => {
  const headers = { "x-api-key": "wrk_test" };
  const response = await fetch(`${api.url}${path}`, { method: "POST", body, headers });
  expect(response.status).toBe(status);
  expect((await fetch(`${api.url}${path}`, { method: "POST", body })).status).toBe(401);
  if (status === 202) expect(await response.json()).toEqual({ accepted: 0, rejected: 1 });
  expect(api.timeline("ada")).toEqual([]);
});
