import { describe, expect, test } from "vitest";
import { deviceFixture, imbalance, newProfile } from "../../test/device-fixture.ts";
import { settle } from "../../test/fake-ports.ts";
import { addDeviceTraits } from "../identity/device-traits.ts";

const VISITOR = "00000001-0000-4000-8000-000000000000";

test("the client has exactly these methods", () => {
  expect(Object.keys(deviceFixture().client).sort()).toEqual([
    "flush",
    "identify",
    "optIn",
    "optOut",
    "reset",
    "setPushPermission",
    "setPushToken",
    "shutdown",
    "stats",
    "track",
  ]);
});

describe("events", () => {
  test("are the visitor's before identify(), and the user's after it", async () => {
    const { client, server, deliver } = deviceFixture();

    client.track("page_viewed", { page: 1 });
    client.identify("ada");
    client.track("plan_upgraded", { plan: "pro" }, { source: "menu" });
    await deliver();

    const [before, after] = server.events;
    expect(before).toMatchObject({
      anonymous_id: VISITOR,
      event_type: "page_viewed",
      properties: { page: 1 },
    });
    expect(before).not.toHaveProperty("external_user_id");
    expect(after).toMatchObject({ external_user_id: "ada", context: { source: "menu" } });
    expect(after).not.toHaveProperty("anonymous_id");
  });

  test("of one visitor share an id, also after a restart, and nothing is stored before the first", async () => {
    const profile = newProfile();
    const first = deviceFixture({ profile });
    expect(profile.identity).toBeNull();
    first.client.track("page_viewed");

    const second = deviceFixture({ profile, server: first.server, adopted: first.stored() });
    second.client.track("page_viewed");
    await second.deliver();

    expect(second.server.events.map(({ anonymous_id }) => anonymous_id)).toEqual([VISITOR, VISITOR]);
  });

  test("carry what the runtime knows; the app's context wins over it, and the call's over both", async () => {
    const { client, server, deliver } = deviceFixture({
      device: { context: () => ({ page: { path: "/" }, session_id: "s1", a: 1 }) },
      options: { context: { a: 2, b: 2 } },
    });

    client.track("page_viewed", {}, { b: 3, $message_id: "mine" });
    await deliver();

    const { $message_id, ...context } = server.events[0]?.context ?? {};
    expect(context).toEqual({ page: { path: "/" }, session_id: "s1", a: 2, b: 3 });
    expect($message_id).not.toBe("mine");
  });

  test("go through beforeSend, with the id of whoever there is", async () => {
    const seen: unknown[] = [];
    const { client, server, deliver } = deviceFixture({
      options: {
        beforeSend(event) {
          seen.push(event.external_user_id ?? event.anonymous_id);
          return event.event_type === "secret" ? null : { ...event, properties: { cleaned: true } };
        },
      },
    });

    client.track("page_viewed");
    client.track("secret");
    client.identify("ada");
    client.track("page_viewed");
    await deliver();

    expect(seen).toEqual([VISITOR, VISITOR, "ada"]);
    expect(server.events.map(({ properties }) => properties)).toEqual([{ cleaned: true }, { cleaned: true }]);
    expect(client.stats().dropped).toEqual({ before_send: 1 });
  });
});

describe("identify()", () => {
  test("names the visitor, whose events become the user's, until that was delivered", async () => {
    const { client, server, deliver } = deviceFixture();
    client.identify("ada");
    client.identify("ada");
    await deliver();
    client.identify("ada", { email: "ada@example.com" });
    await deliver();

    expect(server.identifies.map(({ anonymous_id }) => anonymous_id)).toEqual([VISITOR, VISITOR, undefined]);
  });

  test("names the visitor again when the first was refused", async () => {
    const { client, server, deliver } = deviceFixture();
    client.identify("ada");
    await deliver(400);
    client.identify("ada");
    await deliver();

    expect(server.identifies).toEqual([{ external_user_id: "ada", anonymous_id: VISITOR }]);
  });

  test("of another user without reset() hands nothing over: a new visitor, who is not named yet", async () => {
    const { client, server, deliver, profile } = deviceFixture();
    client.track("page_viewed");
    client.identify("ada");
    client.identify("bob");
    await deliver();

    expect(server.identifies).toEqual([
      { external_user_id: "ada", anonymous_id: VISITOR },
      { external_user_id: "bob" },
    ]);
    expect(profile.identity).not.toContain(VISITOR);
  });

  test("adds what the device knows", async () => {
    const { client, server, deliver } = deviceFixture({
      device: {
        addTraits: (body) => addDeviceTraits(body, { timezone: "Europe/Berlin", locale: "de-DE" }),
      },
    });
    client.identify("ada", { traits: { timezone: "UTC" } });
    await deliver();

    expect(server.identifies[0]?.traits).toEqual({ timezone: "UTC", locale: "de-DE" });
  });

  test("is not overtaken, and overtakes nothing", async () => {
    const { client, server, deliver } = deviceFixture();
    client.track("one");
    client.identify("ada");
    client.track("two");
    client.track("three");
    await deliver();

    expect(
      server.requests.map(({ events, identify }) => identify?.external_user_id ?? events.length),
    ).toEqual([1, "ada", 2]);
  });
});

describe("bad calls", () => {
  const hostile = {
    get traits() {
      throw new Error("of the app");
    },
  };

  test("are counted and reported, and change nothing", () => {
    const { client, errors, stored, profile } = deviceFixture();
    const untyped = client as unknown as Record<string, (...values: unknown[]) => void>;

    untyped.track?.("Not Snake");
    untyped.track?.("fine", 5);
    untyped.track?.("fine", {}, new Map());
    untyped.identify?.("");
    untyped.identify?.("ada", hostile);
    untyped.identify?.("ada", { channels: [{ type: "fax", address: "1" }] });

    expect(errors.map(({ reason }) => reason)).toEqual([
      "invalid_event_type",
      "invalid_properties",
      "invalid_context",
      "invalid_user_id",
      "unserializable",
      "invalid_channels",
    ]);
    expect(stored()).toEqual([]);
    expect(client.stats()).toMatchObject({ accepted: 6, pending: 0 });
    expect(profile.identity ?? "").not.toContain('"ada"');
  });

  test("of the quiet methods do nothing", () => {
    const { client, errors, stored } = deviceFixture();
    const untyped = client as unknown as Record<string, (...values: unknown[]) => void>;
    client.identify("ada");

    for (const value of [undefined, null, 5, "", "  ", {}, []]) untyped.setPushToken?.(value);
    for (const value of [undefined, null, 5, "", "default", {}]) untyped.setPushPermission?.(value);

    expect(stored()).toHaveLength(1);
    expect(errors).toEqual([]);
  });
});

test("an identify that the outbox does not take is no registration: the token is sent when given again", async () => {
  let full = true;
  const fixture = deviceFixture({ onAppend: () => full });
  fixture.client.identify("ada", { pushToken: "t1" });
  expect(fixture.errors.map(({ reason }) => reason)).toEqual(["outbox_failed"]);

  full = false;
  fixture.client.setPushToken("t1");
  await fixture.deliver();

  expect(fixture.server.tokens).toEqual(new Map([["ada t1", true]]));
  expect(imbalance(fixture)).toBe(0);
});

test("an identify() that brings the token of the user before is enough: it is said for both, in that order", async () => {
  const { client, server, deliver } = deviceFixture();
  client.identify("ada", { pushToken: "t1" });
  await deliver();
  client.identify("bob", { pushToken: "t1" });
  await deliver();

  expect(server.tokens).toEqual(
    new Map([
      ["ada t1", false],
      ["bob t1", true],
    ]),
  );
});

test("a full queue spares the identify under way, and forgets the registration that had no room", async () => {
  const fixture = deviceFixture({ options: { maxQueueSize: 1, flushAt: 1 } });
  const { client, server, errors } = fixture;
  client.identify("ada");
  await settle();
  client.setPushToken("t1");

  expect(errors.map(({ reason }) => reason)).toEqual(["queue_full"]);
  await fixture.deliver();
  client.setPushToken("t1");
  await fixture.deliver();

  expect(server.tokens).toEqual(new Map([["ada t1", true]]));
});

test("notifications that are denied, granted, or something that is not known yet", async () => {
  const { client, server, deliver } = deviceFixture();
  client.identify("ada", { pushToken: "t1" });
  const tokens: unknown[] = [];
  for (const word of [
    "granted",
    "denied",
    "not_determined",
    "authorized",
    "denied",
    "provisional",
  ] as const) {
    client.setPushPermission(word as "granted");
    await deliver();
    tokens.push(server.tokens.get("ada t1"));
  }

  expect(tokens).toEqual([true, false, false, true, false, true]);
});

describe("the visitor", () => {
  const named = ({ server }: ReturnType<typeof deviceFixture>) =>
    server.requests.flatMap(({ identify }) => (identify ? [identify.anonymous_id] : []));

  test("is named by every identify until one of them was delivered", async () => {
    const fixture = deviceFixture();
    for (const status of [400, 202, 202]) {
      fixture.client.identify("ada");
      await fixture.deliver(status);
    }

    expect(named(fixture)).toEqual([VISITOR, VISITOR, undefined]);
  });

  test("a late delivery for one who has left says nothing about the next", async () => {
    const fixture = deviceFixture();
    fixture.client.identify("ada");
    void fixture.client.reset();
    await fixture.deliver();
    fixture.client.identify("bob");
    await fixture.deliver();

    const [ada, bob] = named(fixture);
    expect([ada, typeof bob]).toEqual([VISITOR, "string"]);
    expect(bob).not.toBe(ada);
  });
});

test("a queue with room for one takes what two users have to say of a token, and there is an end to it", () => {
  const { client, errors, stored } = deviceFixture({ options: { maxQueueSize: 1 } });
  client.identify("ada", { pushToken: "t1" });
  client.identify("bob");
  client.setPushToken("t1");
  client.identify("carol");
  client.setPushToken("t1");

  expect(stored()).toHaveLength(1);
  expect(errors.length).toBeGreaterThan(0);
});
