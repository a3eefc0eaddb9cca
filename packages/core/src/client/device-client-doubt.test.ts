import { describe, expect, test } from "vitest";
import { type DeviceFixture, deviceFixture, newProfile, type Setup } from "../../test/device-fixture.ts";
import { deviceServer } from "../../test/device-server.ts";
import { settle } from "../../test/fake-ports.ts";
import { AHEAD } from "../loop/ahead.ts";

/** A repetition that is refused says nothing about whether what it repeats has arrived. */
describe("a registration whose answer nobody heard, and whose repetition is refused", () => {
  const profile = () => ({ server: deviceServer(), profile: newProfile(), options: { flushAt: 1 } });

  async function sends(fixture: DeviceFixture): Promise<void> {
    void fixture.client.flush();
    await settle();
  }

  /** What was sent arrives, its page is gone, and the next page hears a refusal. */
  async function arrivesUnheard(before: DeviceFixture, next: () => DeviceFixture): Promise<DeviceFixture> {
    const [request] = before.server.open();
    if (request === undefined) throw new Error("nothing is under way");
    request.aborted = true;
    request.arrive();
    const fixture = next();
    await fixture.deliver(400);
    return fixture;
  }

  test.each<[string, (stored: readonly string[]) => Setup]>([
    ["over a restart", (adopted) => ({ adopted })],
    ["kept in an outbox of the app's own", (kept) => ({ kept })],
  ])("%s: the token before it is said again", async (_where, left) => {
    const setup = profile();
    const page = deviceFixture(setup);
    page.client.identify("bob");
    page.client.setPushToken("t1");
    await page.deliver();
    page.client.identify("bob", { pushToken: "t2" });
    await sends(page);
    const next = await arrivesUnheard(page, () => deviceFixture({ ...setup, ...left(page.stored()) }));
    expect([...setup.server.tokens]).toEqual([
      ["bob t1", false],
      ["bob t2", true],
    ]);

    next.client.setPushToken("t1");
    await next.deliver();
    expect([...setup.server.tokens]).toEqual([
      ["bob t1", true],
      ["bob t2", false],
    ]);
  });

  test("what an outbox of the app's own has kept is no loss, and is said once", async () => {
    const setup = profile();
    const page = deviceFixture({ ...setup, options: {} });
    page.client.track("opened");
    page.client.identify("bob", { pushToken: "t1" });
    const next = deviceFixture({ ...setup, kept: page.stored() });
    await next.deliver();
    expect(setup.server.identifies).toHaveLength(1);
    expect([...setup.server.tokens]).toEqual([["bob t1", true]]);
  });

  test("over a restart, of an opt-out: the token set after optIn() is registered again", async () => {
    const setup = profile();
    const page = deviceFixture(setup);
    page.client.identify("bob", { pushToken: "t1" });
    await page.deliver();
    page.client.optOut();
    await sends(page);
    const next = await arrivesUnheard(page, () => deviceFixture({ ...setup, adopted: page.stored() }));
    expect(setup.server.tokens.get("bob t1")).toBe(false);

    next.client.optIn();
    next.client.identify("bob", { pushToken: "t1" });
    await next.deliver();
    expect(setup.server.tokens.get("bob t1")).toBe(true);
  });

  test("on one page: the token before it is said again", async () => {
    const { client, server, deliver, timers } = deviceFixture({ options: { flushAt: 1 } });
    client.identify("bob", { pushToken: "t1" });
    await deliver();
    client.setPushToken("t2");
    await settle();
    server.open()[0]?.arrive();
    server.open()[0]?.answer(503);
    await settle();
    timers.fire(timers.delays()[0]);
    await settle();
    server.open()[0]?.answer(400);
    await settle();

    client.setPushToken("t1");
    await deliver();
    expect([...server.tokens]).toEqual([
      ["bob t1", true],
      ["bob t2", false],
    ]);
  });

  test.each([
    ["has come, and", false],
    ["was there before, and", true],
  ])("also when another page %s has changed something meanwhile", async (_which, wasThere) => {
    const setup = profile();
    const page = deviceFixture(setup);
    const before = wasThere ? deviceFixture(setup) : undefined;
    page.client.identify("bob", { pushToken: "t1" });
    await page.deliver();
    page.client.setPushToken("t2");
    await settle();
    page.server.open()[0]?.arrive();
    page.server.open()[0]?.answer(503);
    await settle();
    const other = before ?? deviceFixture(setup);
    other.client.setPushPermission("granted");
    page.timers.fire(page.timers.delays()[0]);
    await settle();
    page.server.open().at(-1)?.answer(400);
    await settle();

    page.client.setPushToken("t1");
    await page.deliver();
    expect([...page.server.tokens]).toEqual([
      ["bob t1", true],
      ["bob t2", false],
    ]);
  });

  test("accepted before its turn, and refused in it: the token is opted out of for the next", async () => {
    const fixture = deviceFixture({ ports: { sendingAhead: AHEAD, aheadBytes: () => 60_000 } });
    const { client, server } = fixture;
    client.identify("bob");
    client.identify("bob", { pushToken: "t1" });
    void client.flush();
    await settle();
    const [older, registration] = server.open();
    registration?.answer(202);
    await settle();
    older?.answer(202);
    await settle();
    server.open()[0]?.answer(400);
    await settle();

    client.setPushToken("t2");
    await fixture.deliver();
    expect([...server.tokens]).toEqual([
      ["bob t1", false],
      ["bob t2", true],
    ]);
  });

  test("a refusal of the first attempt is no doubt: nothing is said again", async () => {
    const { client, server, deliver } = deviceFixture({ options: { flushAt: 1 } });
    client.identify("bob", { pushToken: "t1" });
    await deliver();
    client.setPushToken("t2");
    await deliver(400);
    const before = server.requests.length;

    client.setPushToken("t1");
    await deliver();
    expect(server.requests).toHaveLength(before);
  });
});

test.each<[string, (fixture: DeviceFixture) => void]>([
  ["opts out", () => {}],
  ["has pushed it out of a full queue, and opts out then", ({ client }) => client.track("seen")],
])("a token whose registration was sent before its turn is opted out of who %s", async (_who, before) => {
  let aheadBytes = 60_000;
  const fixture = deviceFixture({
    options: { maxQueueSize: 2 },
    ports: { sendingAhead: AHEAD, aheadBytes: () => aheadBytes },
  });
  const { client, server } = fixture;
  client.track("seen");
  client.identify("ada", { pushToken: "t1" });
  void client.flush();
  await settle();
  const [, registration] = server.open();
  before(fixture);
  client.optOut();
  registration?.arrive();
  aheadBytes = 0;
  await fixture.deliver();

  expect([...server.tokens]).toEqual([["ada t1", false]]);
});
