/** A device whose runtime passes no feature: no push token, and no events that wait for a user. */
import { expect, test } from "vitest";
import { deviceFixture, imbalance, newProfile, type Setup } from "../../test/device-fixture.ts";
import { settle } from "../../test/fake-ports.ts";
import { aTrack } from "../../test/operations.ts";
import { AHEAD } from "../loop/ahead.ts";

const least = (setup: Setup = {}) =>
  deviceFixture({ ...setup, device: { holding: undefined, pushing: undefined } });

const identify = (body: object) =>
  JSON.stringify({ kind: "identify", body: JSON.stringify({ external_user_id: "ada", ...body }) });

test("has no calls for a token, and sends one that comes with identify() each time", async () => {
  const { client, server, deliver } = least();
  client.identify("ada", { pushToken: "t1" });
  client.identify("ada", { pushToken: "t1" });
  await deliver();

  expect(client).not.toHaveProperty("setPushToken");
  expect(client).not.toHaveProperty("setPushPermission");
  const channels = [{ channel: "push", address: "t1", opted_in: true }];
  expect(server.identifies).toMatchObject([{ channels }, { channels }]);
});

test("records, identifies, and forgets like any other", async () => {
  const fixture = least();
  const { client, server, deliver } = fixture;
  client.track("one");
  client.identify("ada");
  client.track("two");
  await deliver();
  void client.reset();
  client.track("three");
  await deliver();

  expect(server.identifies).toMatchObject([{ anonymous_id: server.events[0]?.anonymous_id }]);
  expect(server.events.map(({ external_user_id }) => external_user_id)).toEqual([
    undefined,
    "ada",
    undefined,
  ]);
  expect(imbalance(fixture)).toBe(0);
});

test("reset() resolves once what was queued is delivered", async () => {
  const { client, deliver } = least();
  client.identify("ada");
  const left = client.reset();
  await deliver();

  expect(await left).toEqual({ delivered: 1, dropped: 0, pending: 0 });
});

test("opted out, nothing is left to be said, whatever an earlier page has queued", async () => {
  const profile = newProfile();
  const page = least({ profile });
  page.client.track("one");
  page.client.optOut();
  await settle();
  const channels = [{ channel: "push", address: "t1", opted_in: false }];
  const next = least({ profile, adopted: [identify({}), identify({ channels })] });
  next.sync();
  await next.deliver();

  expect([page.server.requests, next.server.requests]).toEqual([[], []]);
  expect(next.client.stats()).toMatchObject({ accepted: 2, dropped: { opted_out: 2 } });
});

test("another page's user and opt-out are heard of", async () => {
  const profile = newProfile();
  const [one, two] = [least({ profile }), least({ profile })];
  two.client.track("one");
  one.client.identify("ada");
  two.sync();
  expect(two.client.stats()).toMatchObject({ pending: 1 });

  one.client.optOut();
  two.sync();
  expect(two.client.stats()).toMatchObject({ dropped: { opted_out: 1 }, pending: 0 });
});

test("what another client of the device held, or said of tokens, is kept or goes out", async () => {
  const profile = newProfile();
  const full = deviceFixture({ profile });
  full.client.identify("ada", { pushToken: "t1" });
  await full.deliver();
  const { userId: _user, ...event } = aTrack();
  const held = JSON.stringify({ ...event, anonymousId: "visitor-1", held: true });

  const page = least({ profile, adopted: [held, identify({})] });
  await page.deliver();
  expect(page.server.events).toMatchObject([{ anonymous_id: "visitor-1" }]);
  expect(page.server.identifies).toHaveLength(1);

  const again = deviceFixture({ profile, server: full.server });
  again.client.optOut();
  await again.deliver();
  expect(full.server.tokens).toEqual(new Map([["ada t1", false]]));
});

test("an outbox of its own is delivered as it was left", async () => {
  const { server, deliver } = least({ kept: [identify({})] });
  await deliver();

  expect(server.identifies).toEqual([{ external_user_id: "ada" }]);
});

test("forgets an identify that was sent before its turn, when who it is of opts out", async () => {
  const fixture = least({ ports: { sendingAhead: AHEAD, aheadBytes: () => 60_000 } });
  const { client } = fixture;
  client.track("one");
  client.identify("ada");
  void client.flush();
  await settle();
  client.optOut();

  expect(fixture.errors).toMatchObject([{ reason: "opted_out", count: 2 }]);
  expect(imbalance(fixture)).toBe(0);
});
