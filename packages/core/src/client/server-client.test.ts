import { describe, expect, test } from "vitest";
import { clientFixture } from "../../test/client-fixture.ts";
import { FIXED_UUID, settle } from "../../test/fake-ports.ts";
import { createDisabledClient } from "./server-client.ts";

describe("track()", () => {
  test("delivers the event as the contract writes it", async () => {
    const { client, events } = clientFixture();
    client.track("user_8842", "payment_failed", { amount_cents: 4900 }, { ip: "::1" });
    await client.flush();

    expect(events).toEqual([
      {
        external_user_id: "user_8842",
        event_type: "payment_failed",
        occurred_at: "2026-06-14T12:00:00.000Z",
        properties: { amount_cents: 4900 },
        context: { $message_id: `${FIXED_UUID.slice(0, 24)}00001a7e3f11`, ip: "::1" },
      },
    ]);
  });

  test("takes the time at the call, not at the delivery", async () => {
    const { client, events, passMs } = clientFixture();
    client.track("user_8842", "first");
    passMs(1500);
    client.track("user_8842", "second");
    passMs(60_000);
    await client.flush();

    expect(events.map(({ occurred_at }) => occurred_at)).toEqual([
      "2026-06-14T12:00:00.000Z",
      "2026-06-14T12:00:01.500Z",
    ]);
  });

  test("takes a snapshot: what the app changes afterwards changes nothing", async () => {
    const { client, events } = clientFixture({ context: { release: "1.2.3" } });
    const properties = { items: ["a"] };
    const context = { ip: "::1" };
    client.track("user_8842", "bought", properties, context);
    properties.items.push("b");
    context.ip = "changed";
    await client.flush();

    expect(events[0]?.properties).toEqual({ items: ["a"] });
    expect(events[0]?.context).toMatchObject({ ip: "::1", release: "1.2.3" });
  });

  test("copies the client's context at creation", async () => {
    const context = { release: "1.2.3", $message_id: "mine" };
    const { client, events } = clientFixture({ context });
    context.release = "changed";
    client.track("user_8842", "bought");
    await client.flush();

    expect(events[0]?.context).toEqual({ $message_id: expect.stringMatching(/^f7a1c2e0/), release: "1.2.3" });
  });

  test("gives every event an id of its own", async () => {
    const { client, events } = clientFixture({ maxQueueSize: 5000 });
    for (let i = 0; i < 1000; i++) client.track("user_8842", "bought");
    await client.flush();

    expect(new Set(events.map(({ context }) => context.$message_id)).size).toBe(1000);
  });

  test("shows beforeSend every event once, however often it is sent", async () => {
    let seen = 0;
    let status = 500;
    const { client, timers } = clientFixture({
      beforeSend: (event) => {
        seen++;
        return event;
      },
      fetch: async () => ({ status, headers: new Headers(), text: async () => "" }),
    });
    client.track("user_8842", "bought");
    void client.flush();
    await settle();
    status = 202;
    timers.fire();
    await settle();

    expect(client.stats().delivered).toBe(1);
    expect(seen).toBe(1);
  });
});

test("identify() and track() arrive in the order they were called", async () => {
  const { client, identifies, requests } = clientFixture();
  client.track("user_8842", "signed_up");
  client.identify("user_8842", { email: "ada@example.com" });
  client.track("user_8842", "signed_in");
  await client.flush();

  expect(requests.map(({ body }) => /signed_up|signed_in|email/.exec(body)?.[0])).toEqual([
    "signed_up",
    "email",
    "signed_in",
  ]);
  expect(identifies).toEqual([
    {
      external_user_id: "user_8842",
      channels: [{ channel: "email", address: "ada@example.com", opted_in: true }],
    },
  ]);
});

test("forUser() is the same two calls, bound to one user", async () => {
  const { client, events, identifies } = clientFixture();
  const user = client.forUser("user_8842");
  user.track("bought", { amount: 7 }, { ip: "::1" });
  user.identify({ traits: { plan: "pro" } });
  await client.flush();

  expect(events).toMatchObject([
    {
      external_user_id: "user_8842",
      event_type: "bought",
      properties: { amount: 7 },
      context: { ip: "::1" },
    },
  ]);
  expect(identifies).toEqual([{ external_user_id: "user_8842", traits: { plan: "pro" } }]);
});

describe("creation", () => {
  test("takes null for every option that is not given", async () => {
    const nothing = {
      onError: null,
      beforeSend: null,
      context: null,
      outbox: null,
      backoff: null,
      debug: null,
    };
    const { client, untyped, events, log } = clientFixture(nothing as object);
    client.track("user_8842", "bought");
    untyped.track("user_8842", "Bought");
    await client.flush();

    expect(events).toHaveLength(1);
    expect(client.stats()).toEqual({
      accepted: 2,
      delivered: 1,
      dropped: { invalid_event_type: 1 },
      pending: 0,
    });
    expect(log).toEqual([{ level: "warn", message: expect.stringContaining("event name") }]);
  });

  const circular: Record<string, unknown> = {};
  circular.self = circular;

  test.each<[string, unknown, string]>([
    ["an array", [], "context must be a plain JSON object"],
    ["text", "x", "context must be a plain JSON object"],
    ["circular", circular, "context cannot become JSON"],
    ["a map", new Map([["release", "1.2.3"]]), "context must be a plain JSON object"],
  ])("a context that is %s is misuse", (_name, context, message) => {
    expect(() => clientFixture({ context: context as object })).toThrow(message);
  });
});

test("the key is in the header of requests and in nothing the app sees", async () => {
  const { client, requests, errors } = clientFixture({
    fetch: async (_url, init) => {
      requests.push(init);
      return {
        status: 401,
        headers: new Headers(),
        text: async () => '{"error":{"message":"bad key wrk_secret_key"}}',
      };
    },
  });
  client.track("user_8842", "bought");
  await client.flush();

  expect(requests[0]?.headers["X-API-Key"]).toBe("wrk_secret_key");
  expect(errors).toHaveLength(1);
  expect(JSON.stringify(errors)).not.toContain("wrk_secret_key");
});

test("integrations find the same place for their diagnostics, whichever copy of core they have", () => {
  const { client, log } = clientFixture({ debug: true });
  const say = Reflect.get(client, Symbol.for("whisperr.diagnostics")) as (message: string) => void;
  say("no user in this request");

  expect(log).toEqual([{ level: "debug", message: "[whisperr] no user in this request" }]);
});

test("a disabled client does nothing, and says so in its figures", async () => {
  const client = createDisabledClient();
  const nothing = { delivered: 0, dropped: 0, pending: 0 };
  client.track("user_8842", "bought");
  client.identify("user_8842");
  client.forUser("user_8842").track("bought");
  client.forUser("user_8842").identify();

  expect(await client.flush()).toEqual(nothing);
  expect(await client.shutdown()).toEqual(nothing);
  expect(client.stats()).toEqual({ accepted: 0, delivered: 0, dropped: {}, pending: 0 });
});
