import { describe, expect, test } from "vitest";
import { deviceFixture, imbalance, newProfile } from "../../test/device-fixture.ts";
import { settle } from "../../test/fake-ports.ts";
import type { DeviceClient } from "./device.ts";

const optedOutTokens = (identifies: readonly object[]) => identifies.map((body) => JSON.stringify(body));

describe("optOut()", () => {
  test("discards what is queued, and reports it once with its count", () => {
    const { client, errors, stored } = deviceFixture();
    client.track("one");
    client.identify("ada");
    client.track("two");

    client.optOut();

    expect(errors).toMatchObject([{ type: "dropped", reason: "opted_out", count: 3 }]);
    expect(stored()).toEqual([]);
    expect(client.stats()).toMatchObject({ accepted: 3, dropped: { opted_out: 3 }, pending: 0 });
  });

  test("silences every call after it: counted, not reported, not sent, and beforeSend is not asked", async () => {
    let asked = 0;
    const { client, errors, server, deliver } = deviceFixture({
      options: {
        beforeSend(event) {
          asked++;
          return event;
        },
      },
    });
    client.optOut();
    client.track("one");
    client.identify("ada", { pushToken: "t1" });
    client.identify(" ");
    client.setPushToken("t1");
    client.optOut();
    await deliver();

    expect([errors, server.requests, asked]).toEqual([[], [], 0]);
    expect(client.stats()).toMatchObject({ accepted: 3, dropped: { opted_out: 3 } });
  });

  test("holds on later visits; optIn() undoes it", async () => {
    const profile = newProfile();
    deviceFixture({ profile }).client.optOut();
    const { client, server, deliver } = deviceFixture({ profile });

    client.track("one");
    client.optIn();
    client.track("two");
    await deliver();

    expect(server.events.map(({ event_type }) => event_type)).toEqual(["two"]);
  });

  test("ends with optIn() for the same visitor on its page, and for a new one on a later page", async () => {
    const profile = newProfile();
    const page = deviceFixture({ profile });
    const { client, server } = page;
    client.track("one");
    await page.deliver();
    client.optOut();
    client.optIn();
    client.track("two");
    await page.deliver();
    client.optOut();
    const later = deviceFixture({ profile, server });
    later.client.optIn();
    later.client.track("three");
    await later.deliver();

    const [one, two, three] = server.events.map(({ anonymous_id }) => anonymous_id);
    expect(two).toBe(one);
    expect([typeof three, three === one]).toEqual(["string", false]);
  });

  test("outlives reset()", async () => {
    const { client, server, deliver } = deviceFixture();
    client.optOut();
    void client.reset();
    client.track("one");
    await deliver();

    expect(server.requests).toEqual([]);
  });

  test("lets go of the request under way, and never sends again what it carried", async () => {
    const fixture = deviceFixture();
    const { client, server } = fixture;
    client.track("one");
    const flushed = client.flush();
    await settle();

    client.optOut();
    await settle();

    expect(server.requests.map(({ aborted }) => aborted)).toEqual([true]);
    expect(await flushed).toEqual({ delivered: 0, dropped: 1, pending: 0 });
    client.optIn();
    await fixture.deliver();
    expect(server.events).toEqual([]);
    expect(imbalance(fixture)).toBe(0);
  });

  test("stops a wait between attempts", async () => {
    const { client, server, timers, deliver } = deviceFixture();
    client.track("one");
    const flushed = client.flush();
    await settle();
    server.open()[0]?.answer(503);
    await settle();

    client.optOut();

    expect(await flushed).toEqual({ delivered: 0, dropped: 1, pending: 0 });
    expect(timers.delays()).toEqual([]);
    await deliver();
    expect(server.requests).toHaveLength(1);
  });

  test("in the middle of an error's report drops what is queued, and the books stay in order", async () => {
    const fixture = deviceFixture({
      options: { maxQueueSize: 3, flushAt: 1, onError: () => fixture.client.optOut() },
    });
    const { client, server } = fixture;
    for (let i = 0; i < 5; i++) client.track("thing_done");
    client.optIn();
    for (let i = 0; i < 5; i++) client.track("thing_done");
    await settle();
    server.open()[0]?.answer(202);
    await settle();

    expect(imbalance(fixture)).toBe(0);
    expect(fixture.stored()).toEqual([]);
  });

  test("keeps out what the app records when it hears of the discarded queue", () => {
    const fixture = deviceFixture({ options: { onError: () => fixture.client.track("queue_discarded") } });
    fixture.client.track("one");

    fixture.client.optOut();

    expect(fixture.stored()).toEqual([]);
    expect(fixture.client.stats().dropped).toEqual({ opted_out: 2 });
  });
});

describe("optOut() and the push token", () => {
  test("opts the device's token out under the user it was sent for, then is silent", async () => {
    const { client, server, deliver } = deviceFixture();
    client.identify("ada", { pushToken: "t1" });
    await deliver();
    client.optOut();
    await deliver();
    client.setPushToken("t1");
    client.optOut();
    await deliver();

    expect(optedOutTokens(server.identifies.slice(1))).toEqual([
      '{"external_user_id":"ada","channels":[{"channel":"push","address":"t1","opted_in":false}]}',
    ]);
  });

  test("a token that was never sent is nobody's business", async () => {
    const { client, server, deliver } = deviceFixture();
    client.identify("ada", { pushToken: "t1" });
    client.optOut();
    await deliver();

    expect(server.requests).toEqual([]);
  });

  test.each([true, false])(
    "a registration under way has arrived: %s; all it touched is opted out",
    async (arrives) => {
      const { client, server, deliver } = deviceFixture();
      client.identify("ada", { pushToken: "t1" });
      await deliver();
      client.setPushToken("t2");
      void client.flush();
      await settle();

      client.optOut();
      if (arrives) server.requests.at(-1)?.arrive();
      await deliver();

      expect(server.tokens).toEqual(
        new Map([
          ["ada t1", false],
          ["ada t2", false],
        ]),
      );
    },
  );

  test.each<[string, (client: DeviceClient) => void]>([
    ["setPushToken()", (client) => client.setPushToken("t1")],
    ["optOut()", (client) => client.optOut()],
  ])(
    "an opt-out that is refused is tried again at the next %s, on a later visit too",
    async (_call, next) => {
      const profile = newProfile();
      const first = deviceFixture({ profile });
      first.client.identify("ada", { pushToken: "t1" });
      await first.deliver();
      first.client.optOut();
      await first.deliver(400);

      const { client, server, deliver } = deviceFixture({ profile, server: first.server });
      next(client);
      await deliver();

      expect(server.tokens).toEqual(new Map([["ada t1", false]]));
    },
  );

  test("an opt-out that waits is still sent by the next page, and nothing else is", async () => {
    const profile = newProfile();
    const first = deviceFixture({ profile });
    first.client.identify("ada", { pushToken: "t1" });
    await first.deliver();
    first.client.track("one");
    const event = first.stored();
    first.client.optOut();

    const adopted = [...event, ...first.stored()];
    const second = deviceFixture({ profile, server: first.server, adopted });
    await second.deliver();

    expect(second.server.events).toEqual([]);
    expect(second.server.tokens).toEqual(new Map([["ada t1", false]]));
    expect(second.client.stats()).toMatchObject({ delivered: 1, dropped: { opted_out: 1 } });
  });

  test("optIn() alone sends nothing, whatever was set meanwhile; the next token that is set is registered", async () => {
    const { client, server, deliver } = deviceFixture();
    client.identify("ada", { pushToken: "t1" });
    await deliver();
    client.optOut();
    client.setPushToken("t2");
    client.optIn();
    client.identify("ada");
    client.setPushPermission("granted");
    await deliver();
    expect(server.tokens).toEqual(new Map([["ada t1", false]]));

    client.setPushToken("t2");
    await deliver();
    expect(server.tokens.get("ada t2")).toBe(true);
  });

  test("while the token moves from one user to the next, it is opted out for both", async () => {
    const { client, server, deliver } = deviceFixture();
    client.identify("ada", { pushToken: "t1" });
    await deliver();
    client.identify("bob");
    client.setPushToken("t1");
    client.optOut();
    await deliver();

    expect(server.tokens.get("ada t1")).toBe(false);
    expect(server.tokens.get("bob t1")).not.toBe(true);
  });
});

test("on a silent device nothing is recorded, whatever is called", async () => {
  const fixture = deviceFixture({ device: { silent: true }, adopted: [] });
  const { client, server, profile, errors } = fixture;
  client.track("one");
  client.identify("ada", { pushToken: "t1" });
  client.setPushToken("t1");
  client.setPushPermission("granted");
  await fixture.deliver();

  expect([server.requests, errors, profile.identity]).toEqual([[], [], null]);
  expect(client.stats()).toMatchObject({ accepted: 2, dropped: { opted_out: 2 } });
});
