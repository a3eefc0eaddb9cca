/** The strictness of CONTRACT sections 1, 2, 3 and 8, without a socket. */
import { describe, expect, test } from "vitest";
import { BATCH_PATH, IDENTIFY_PATH, TRACK_PATH } from "./endpoint-paths.ts";
import { anApp } from "./fixture.ts";
import { aBatch, anEvent, aPost, HEADERS, without } from "./test-requests.ts";

describe("a batch", () => {
  test("of good events is stored in order and answered 202", async () => {
    const app = anApp();
    const good = await app.answer(BATCH_PATH, aBatch(anEvent("1"), anEvent("2"), anEvent("1")));
    expect(good).toEqual({ status: 202, json: { accepted: 3, rejected: 0 } });
    expect(app.store.events.map((event) => event.messageId)).toEqual(["1", "2"]);
    expect(app.store.duplicates).toBe(1);
    expect(app.requests[0]).toMatchObject({
      outcome: "stored",
      status: 202,
      overlapping: false,
      rejected: 0,
    });
  });

  test.each([
    ["no events", {}],
    ["an empty list", { events: [] }],
    ["501 events", { events: Array.from({ length: 501 }, (_, n) => anEvent(String(n))) }],
    ["events that are no list", { events: {} }],
    ["an unknown field", { events: [anEvent("1")], sent_at: "now" }],
    ["an unknown field in an event", { events: [anEvent("1"), anEvent("2", { user_id: "x" })] }],
    ["an event that is no object", { events: [anEvent("1"), "track"] }],
    ["a bare list", [anEvent("1")]],
  ])("with %s is refused whole", async (_, body) => {
    const app = anApp({ maxEvents: 100 });
    const refused = await app.answer(BATCH_PATH, aPost(body));
    expect(refused.status).toBe(400);
    expect(refused.json.error).toMatchObject({ code: "invalid_request", request_id: "req_0" });
    expect(app.store.events).toEqual([]);
  });

  const badEvents = [
    ["a camelCase event_type", { event_type: "planUpgraded" }],
    ["a doubled underscore", { event_type: "plan__upgraded" }],
    ["an old occurred_at", { occurred_at: "2026-05-15T11:59:59.999Z" }],
    ["an occurred_at ahead of time", { occurred_at: "2026-06-14T12:05:00.001Z" }],
    ["an occurred_at without decimals", { occurred_at: "2026-06-14T12:00:00Z" }],
    ["no $message_id", { context: {} }],
    ["an empty $message_id", { context: { $message_id: "" } }],
    ["properties that are a list", { properties: [] }],
    ["a numeric user", { external_user_id: 5 }],
    ["an empty user", { external_user_id: "" }],
    ["a null visitor", { anonymous_id: null }],
    ["a long visitor", { anonymous_id: "v".repeat(129) }],
  ] as const;

  test.each(badEvents)("counts an event with %s as rejected and keeps the rest", async (_, changes) => {
    const app = anApp();
    const partly = await app.answer(BATCH_PATH, aBatch(anEvent("1"), anEvent("2", { ...changes } as never)));
    expect(partly).toEqual({ status: 202, json: { accepted: 1, rejected: 1 } });
    expect(app.store.events.map((event) => event.messageId)).toEqual(["1"]);
    expect(app.store.rejected).toMatchObject([{ requestIndex: 0, reason: expect.stringMatching(/\w: /) }]);
    expect(app.requests[0]?.rejected).toBe(1);
  });

  test.each(["external_user_id", "event_type", "occurred_at", "properties", "context"])(
    "counts an event without %s as rejected",
    async (field) => {
      const partly = await anApp().answer(BATCH_PATH, aBatch(without(anEvent("1"), field), anEvent("2")));
      expect(partly.json).toEqual({ accepted: 1, rejected: 1 });
    },
  );

  test.each(badEvents)(
    "is refused whole for an event with %s by a server of the other kind",
    async (_, changes) => {
      const app = anApp({ poison: "reject_batch" });
      const refused = await app.answer(
        BATCH_PATH,
        aBatch(anEvent("1"), anEvent("2", { ...changes } as never)),
      );
      expect(refused.status).toBe(400);
      expect(refused.json.error.message).toMatch(/^events\.1: /);
      expect(app.store.events).toEqual([]);
    },
  );

  test("takes visitors, and free-form properties and context", async () => {
    const visitor = without(anEvent("1", { anonymous_id: "v".repeat(128) }), "external_user_id");
    const rich = anEvent("2", {
      properties: { a: [{ b: null }] },
      context: { $message_id: "2", page: { url: "/" } },
    });
    const app = anApp();
    expect((await app.answer(BATCH_PATH, aBatch(visitor, rich))).json).toEqual({ accepted: 2, rejected: 0 });
    expect(app.store.events[1]?.context).toEqual({ $message_id: "2", page: { url: "/" } });
  });
});

describe("one event at /v1/events/track", () => {
  test("is stored and answered with its mapping status", async () => {
    const app = anApp();
    const answer = await app.answer(TRACK_PATH, aPost(anEvent("1")));
    expect(answer).toEqual({
      status: 202,
      json: { event: { mapping_status: "pending" }, processing: "queued" },
    });
    expect(app.requests[0]?.events).toEqual([anEvent("1")]);
  });

  test("is refused with 400 when it is bad", async () => {
    const answer = await anApp().answer(TRACK_PATH, aPost(anEvent("1", { event_type: "Bad" })));
    expect(answer.status).toBe(400);
  });
});

describe("an identify", () => {
  const email = { channel: "email", address: "ada@example.com", opted_in: true };
  const push = {
    channel: "push",
    address: "token",
    opted_in: false,
    kind: "fcm",
    platform: "web",
    push_env: "sandbox",
  };

  test("is applied with everything it may carry", async () => {
    const app = anApp();
    const body = {
      external_user_id: "user_1",
      anonymous_id: "visitor",
      traits: { plan: "pro" },
      preferred_channel: "email",
      channels: [{ ...email, verified: false }, push],
    };
    expect(await app.answer(IDENTIFY_PATH, aPost(body))).toEqual({
      status: 202,
      json: { processing: "queued" },
    });
    expect(app.store.users.get("user_1")?.channels).toHaveLength(2);
    expect(app.requests[0]?.identify).toEqual(body);
  });

  test.each([
    ["no user", { traits: { a: 1 } }],
    ["an unknown field", { external_user_id: "u", email: "ada@example.com" }],
    ["empty traits", { external_user_id: "u", traits: {} }],
    ["empty channels", { external_user_id: "u", channels: [] }],
    ["traits that are a list", { external_user_id: "u", traits: [] }],
    ["an unknown preferred channel", { external_user_id: "u", preferred_channel: "fax" }],
    ["a channel under its public name", { external_user_id: "u", channels: [{ ...email, type: "email" }] }],
    ["a channel without opted_in", { external_user_id: "u", channels: [{ channel: "sms", address: "+1" }] }],
    ["push fields on an email", { external_user_id: "u", channels: [{ ...email, platform: "web" }] }],
    ["an unknown push kind", { external_user_id: "u", channels: [{ ...push, kind: "hms" }] }],
  ])("with %s is refused", async (_, body) => {
    const app = anApp();
    expect((await app.answer(IDENTIFY_PATH, aPost(body))).status).toBe(400);
    expect(app.store.users.size).toBe(0);
  });
});

test("endpoints below a base path are found there alone, and recorded as they are without it", async () => {
  const app = anApp({ basePath: "/eu/ingest" });
  expect((await app.answer(`/eu/ingest${BATCH_PATH}`, aBatch(anEvent("1")))).status).toBe(202);
  expect((await app.answer(BATCH_PATH, aBatch(anEvent("2")))).status).toBe(404);
  expect(app.requests.map(({ path, outcome }) => [path, outcome])).toEqual([
    [BATCH_PATH, "stored"],
    [BATCH_PATH, "refused"],
  ]);
});

describe("any request", () => {
  const options = { revokedKeys: ["wrk_old"], maxBodyBytes: 400 };
  const type = { "content-type": "application/json" };

  test.each([
    [401, "missing_api_key", aPost({}, type)],
    [401, "invalid_api_key", aPost({}, { ...type, "x-api-key": "wrk_other" })],
    [401, "missing_api_key", aPost({}, { ...type, authorization: "Basic wrk_test" })],
    [403, "revoked_api_key", aPost({}, { ...type, "x-api-key": "wrk_old" })],
    [403, "revoked_api_key", aPost({}, { ...type, authorization: "Bearer wrk_old" })],
    [415, "unsupported_media_type", aPost({}, { "x-api-key": "wrk_test", "content-type": "text/plain" })],
    [413, "payload_too_large", aBatch(anEvent("1", { properties: { pad: "x".repeat(400) } }))],
    [400, "invalid_json", aPost("{", HEADERS)],
    [400, "invalid_json", aPost("\uFEFF{}", HEADERS)],
  ])("may be refused with %i %s", async (status, code, init) => {
    const answer = await anApp(options).answer(BATCH_PATH, init);
    expect([answer.status, answer.json.error.code]).toEqual([status, code]);
    expect(answer.json.error.message).not.toContain("wrk_");
  });

  test("may carry the key as a bearer token, and a charset", async () => {
    const headers = { "content-type": "application/json; charset=utf-8", authorization: "Bearer wrk_test" };
    expect((await anApp().answer(BATCH_PATH, aPost({ events: [anEvent("1")] }, headers))).status).toBe(202);
  });

  test.each([
    ["GET", BATCH_PATH],
    ["POST", "/v1/other"],
    ["POST", "/"],
    ["POST", "//v1/events/batch"],
  ])("to another endpoint (%s %s) is answered 404 and recorded", async (method, path) => {
    const app = anApp();
    const init = method === "GET" ? { method, headers: HEADERS } : aBatch(anEvent("1"));
    expect((await app.answer(`http://localhost${path}`, init)).status).toBe(404);
    expect(app.requests[0]).toMatchObject({ method, path, outcome: "refused", status: 404 });
  });

  test("is recorded byte for byte", async () => {
    const app = anApp();
    const text = ` {"events": [ ${JSON.stringify(anEvent("1", { properties: { name: "é\u{1F600}" } }))} ] }\n`;
    await app.answer(`${BATCH_PATH}?try=1`, aPost(text, { ...HEADERS, "X-Trace": "7" }));
    const request = app.requests[0];
    expect(request && new TextDecoder().decode(request.body)).toBe(text);
    expect(request).toMatchObject({ text, path: `${BATCH_PATH}?try=1`, headers: { "x-trace": "7" } });
    expect(request?.events).toHaveLength(1);
  });
});
