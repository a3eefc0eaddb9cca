/** What the app hears of a call that goes no further: it names the call, and says why. */
import { describe, expect, test } from "vitest";
import { deviceFixture, newProfile } from "../../test/device-fixture.ts";
import type { DeviceClient } from "./device.ts";

type Untyped = Record<"track" | "identify" | "setPushToken", (...values: unknown[]) => void>;

const untyped = (client: DeviceClient) => client as unknown as Untyped;

describe("after shutdown()", () => {
  test.each<[string, (client: DeviceClient) => void]>([
    ['track("order_placed")', (client) => client.track("order_placed")],
    ["identify()", (client) => client.identify("ada")],
    ["optIn()", (client) => client.optIn()],
    ["setPushToken()", (client) => client.setPushToken("t1")],
    ["setPushPermission()", (client) => client.setPushPermission("denied")],
  ])("%s is refused, and changes nothing", async (name, call) => {
    const fixture = deviceFixture();
    const { client, errors, profile } = fixture;
    client.optOut();
    const before = profile.identity;
    await client.shutdown();

    call(client);

    const message = `${name} came after shutdown()`;
    expect(errors).toEqual([{ type: "dropped", reason: "shut_down", count: 1, message }]);
    expect(profile.identity).toBe(before);
    expect(fixture.stored()).toEqual([]);
    expect(client.stats()).toMatchObject({ accepted: 1, dropped: { shut_down: 1 } });
  });

  test("inside beforeSend the very event that is recorded is refused", () => {
    const fixture = deviceFixture({
      options: {
        beforeSend(event) {
          void fixture.client.shutdown();
          return event;
        },
      },
    });
    fixture.client.track("order_placed");

    expect(fixture.errors.map(({ message }) => message)).toEqual(["The call came after shutdown()"]);
  });
});

test("shutdown() delivers what is queued, and has the deadline it is given", async () => {
  const { client, server, timers, deliver } = deviceFixture();
  client.track("one");
  const ended = client.shutdown({ timeoutMs: 1234 });
  expect(timers.delays()).toContain(1234);
  await deliver();

  expect(await ended).toEqual({ delivered: 1, dropped: 0, pending: 0 });
  expect(server.events).toHaveLength(1);
});

test.each(["flush", "shutdown"] as const)("a deadline of %s() that is NaN is 10 seconds", (call) => {
  const { client, timers } = deviceFixture({ options: { flushIntervalMs: 0, requestTimeoutMs: 999 } });
  client.track("one");
  void client[call]({ timeoutMs: Number.NaN });

  expect(timers.delays()).toContain(10_000);
});

describe("a bad call", () => {
  test.each<[string, string, (client: Untyped) => void]>([
    [
      'track("Order Placed") was dropped: the event name must be ',
      "invalid_event_type",
      (c) => c.track("Order Placed"),
    ],
    ["track(…) was dropped: the event name must be ", "invalid_event_type", (c) => c.track(5)],
    ["identify() was dropped: the user id must be ", "invalid_user_id", (c) => c.identify(" ")],
    [
      "setPushToken() was dropped: kind of ",
      "invalid_channels",
      (c) => c.setPushToken("t1", { kind: "pigeon" }),
    ],
  ])("%s…", (words, reason, call) => {
    const fixture = deviceFixture();
    fixture.client.identify("ada");
    call(untyped(fixture.client));

    expect(fixture.errors).toMatchObject([{ type: "dropped", reason, count: 1 }]);
    expect(fixture.errors[0]?.message.slice(0, words.length)).toBe(words);
    expect(fixture.stored()).toHaveLength(1);
  });
});

test("an event that reset() inside beforeSend parted from its visitor says so", () => {
  const fixture = deviceFixture({
    device: { holds: true },
    options: {
      beforeSend(event) {
        void fixture.client.reset();
        return event;
      },
    },
  });
  fixture.client.track("order_placed");

  expect(fixture.errors.map(({ message }) => message)).toEqual([
    'track("order_placed") was dropped: reset() came inside track().',
  ]);
});

describe("debug tells of calls that are left out on purpose", () => {
  test("after optOut()", () => {
    const { client, log, errors } = deviceFixture({ options: { debug: true } });
    client.optOut();
    client.track("order_placed");
    client.identify("ada");

    const left = log.map(({ message }) => message).filter((message) => message.includes("opted out"));
    expect(left.map((message) => message.replace("[whisperr] ", ""))).toEqual([
      'track("order_placed") was dropped: the user opted out.',
      "identify() was dropped: the user opted out.",
    ]);
    expect(errors).toEqual([]);
  });

  test("by beforeSend", () => {
    const { client, log } = deviceFixture({ options: { debug: true, beforeSend: () => null } });
    client.track("order_placed");

    expect(log.map(({ message }) => message)).toContain(
      '[whisperr] track("order_placed") was left out by beforeSend',
    );
  });
});

describe("setPushPermission()", () => {
  async function registered() {
    const fixture = deviceFixture({ profile: newProfile() });
    fixture.client.identify("ada", { pushToken: "t1" });
    await fixture.deliver();
    return fixture;
  }

  test.each(["granted", "provisional"] as const)("%s opts a denied token in again", async (permission) => {
    const { client, server, deliver } = await registered();
    client.setPushPermission("denied");
    await deliver();
    expect(server.tokens.get("ada t1")).toBe(false);

    client.setPushPermission(permission);
    await deliver();
    expect(server.tokens.get("ada t1")).toBe(true);
  });

  test("of a word it does not know says nothing to the server", async () => {
    const { client, stored, errors } = await registered();
    client.setPushPermission("default" as "denied");

    expect([stored(), errors]).toEqual([[], []]);
  });
});

test.each<[string, (client: Untyped) => void, string[]]>([
  [
    "setPushToken()",
    (client) => client.setPushToken("t1", { platfrom: "ios", knid: "fcm" }),
    [
      'setPushToken() has no option "platfrom": write platform.',
      'setPushToken() has no option "knid": write kind or platform or pushEnv.',
    ],
  ],
  [
    "identify()",
    (client) => client.identify("ada", { plan: "pro" }),
    ['identify() has no option "plan": write traits: { plan }.'],
  ],
])("a name that %s does not know is said, and the rest of the call counts", async (_call, make, lines) => {
  const fixture = deviceFixture({ options: { debug: true } });
  fixture.client.identify("ada");
  make(untyped(fixture.client));
  expect(
    fixture.log.map(({ message }) => message).filter((message) => message.includes("has no option")),
  ).toEqual(lines.map((line) => expect.stringContaining(line)));
  await fixture.deliver();
  expect(fixture.server.identifies.at(-1)).toMatchObject({ external_user_id: "ada" });
});
