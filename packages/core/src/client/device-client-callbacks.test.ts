/** An app that calls back in from its own fetch, from what it hands over, or from every onError. */
import { expect, test } from "vitest";
import { deviceFixture, imbalance, newProfile } from "../../test/device-fixture.ts";
import { deviceServer } from "../../test/device-server.ts";
import { settle } from "../../test/fake-ports.ts";
import type { DeviceClient } from "./device.ts";

/** Far more than any of these should take. Beyond it the app behaves, so that a test fails instead of hanging. */
const MANY = 1000;

test("optOut() inside fetch lets go of the very request that carries the events", async () => {
  const server = deviceServer();
  const aborted: boolean[] = [];
  const fixture = deviceFixture({
    server: {
      ...server,
      fetch(url, init) {
        const signal = init.signal as AbortSignal;
        signal.addEventListener("abort", () => aborted.push(true));
        if (init.body.includes("one")) fixture.client.optOut();
        return server.fetch(url, init);
      },
    },
  });
  fixture.client.setPushToken("token");
  fixture.client.identify("ada");
  await fixture.deliver();
  fixture.client.track("one");
  void fixture.client.flush();
  await settle();

  expect(aborted).toEqual([true]);
  const [next] = server.open();
  expect(next?.identify?.channels, "the opt-out does not wait for what nobody wants").toMatchObject([
    { address: "token", opted_in: false },
  ]);
  expect(fixture.client.stats()).toMatchObject({ dropped: { opted_out: 1 }, pending: 1 });
  expect(imbalance(fixture)).toBe(0);
});

test.each<[string, (client: DeviceClient) => void]>([
  [
    "track() and reset()",
    (client) => {
      client.track("heard");
      void client.reset();
    },
  ],
  [
    "optIn(), track() and optOut()",
    (client) => {
      client.optIn();
      client.track("heard");
      client.optOut();
    },
  ],
  [
    "identify(), setPushToken(), flush() and reset()",
    (client) => {
      client.identify("ada");
      client.setPushToken("token");
      void client.flush();
      void client.reset();
    },
  ],
])("%s in each onError end, while events wait for a user", async (_calls, call) => {
  let calls = 0;
  const fixture = deviceFixture({
    device: { holds: true },
    options: {
      maxQueueSize: 2,
      onError() {
        if (++calls <= MANY) call(fixture.client);
      },
    },
  });
  for (let i = 0; i < 4; i++) fixture.client.track("one");
  await settle();

  expect(calls).toBeGreaterThan(0);
  expect(calls).toBeLessThan(30);
  expect(imbalance(fixture)).toBe(0);
});

test.each<[string, (client: DeviceClient, optOut: { readonly email: string }) => void]>([
  ["identify()", (client, optOut) => client.identify("ada", optOut)],
  ["track()", (client, optOut) => client.track("one", optOut)],
])("optOut() while the values of %s are read is not forgotten, and nothing is sent", async (_call, call) => {
  const profile = newProfile();
  const fixture = deviceFixture({ profile });
  call(fixture.client, {
    get email() {
      fixture.client.optOut();
      return "ada@example.com";
    },
  });
  fixture.client.track("later");
  await fixture.deliver();

  expect(fixture.server.requests).toEqual([]);
  expect(fixture.client.stats()).toMatchObject({ accepted: 2, dropped: { opted_out: 2 }, pending: 0 });
  expect(JSON.parse(profile.identity ?? "")).toMatchObject({ optedOut: true });
});

test("reset() while the values of identify() are read parts the user from the visitor before", async () => {
  const fixture = deviceFixture();
  fixture.client.track("of_the_visitor_before");
  fixture.client.identify("ada", {
    get email() {
      void fixture.client.reset();
      return "ada@example.com";
    },
  });
  await fixture.deliver();

  const [before] = fixture.server.events;
  const identified = fixture.server.requests.flatMap(({ identify }) => identify ?? []);
  expect(before?.anonymous_id).toBeDefined();
  expect(identified).toMatchObject([{ external_user_id: "ada" }]);
  expect(identified[0]?.anonymous_id).not.toBe(before?.anonymous_id);
});

test("settings of a push token that throw when they are read are refused, and nothing gets out", () => {
  const { client } = deviceFixture();
  const settings = {
    get kind(): string {
      throw new Error("not now");
    },
  };

  expect(() => client.setPushToken("token", settings)).not.toThrow();
  expect(client.stats()).toMatchObject({ accepted: 1, dropped: { unserializable: 1 } });
});

test("a token of two users in a queue of one operation is said once under each name, and that ends", async () => {
  let reads = 0;
  let stored: string | null = null;
  const identityStore = {
    read: () => (++reads > MANY ? `{"anonymousId":"${reads}","optedOut":true}` : stored),
    write: (text: string) => {
      stored = text;
    },
  };
  const fixture = deviceFixture({ options: { maxQueueSize: 1 }, device: { identityStore } });
  fixture.client.identify("ada");
  fixture.client.setPushToken("token");
  await fixture.deliver();
  fixture.client.identify("bob");
  await fixture.deliver();
  const { accepted } = fixture.client.stats();
  fixture.client.setPushToken("token");

  expect(fixture.client.stats().accepted).toBe(accepted + 2);
  expect(imbalance(fixture)).toBe(0);
});
