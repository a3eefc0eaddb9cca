/** Pages of one profile: what one does is seen by the others, and what one leaves behind the next one takes over. */
import { describe, expect, test } from "vitest";
import { deviceFixture, imbalance, newProfile, type Setup } from "../../test/device-fixture.ts";

const pages = (setup: Setup = {}) => {
  const profile = newProfile();
  return [deviceFixture({ ...setup, profile }), deviceFixture({ ...setup, profile })] as const;
};

describe("another page's optOut()", () => {
  test("discards what this page has queued", async () => {
    const [one, two] = pages();
    two.client.track("order_placed");
    one.client.optOut();
    two.sync();
    await two.deliver();

    expect(two.errors).toMatchObject([{ reason: "opted_out", count: 1 }]);
    expect([two.stored(), two.server.requests]).toEqual([[], []]);
    expect(imbalance(two)).toBe(0);
  });

  test("counts, though the app has emptied the storage right after it", () => {
    const [one, two] = pages();
    two.client.track("order_placed");
    one.client.optOut();
    const said = one.profile.identity;
    one.profile.identity = null;
    two.sync(said);
    two.client.track("order_placed");

    expect(two.stored()).toEqual([]);
    expect(two.errors).toMatchObject([{ reason: "opted_out", count: 1 }]);
  });

  test("heard of again does not discard what opts the token out", async () => {
    const [one] = pages();
    one.client.identify("ada", { pushToken: "t1" });
    await one.deliver();
    one.client.optOut();
    one.sync();
    one.client.optOut();
    await one.deliver();

    expect(one.server.tokens).toEqual(new Map([["ada t1", false]]));
    expect(one.errors).toEqual([]);
  });

  test("discards what stands beside an opt-out of the token too", async () => {
    const [one, two] = pages();
    two.client.identify("ada", { pushToken: "t1" });
    await two.deliver();
    two.client.setPushPermission("denied");
    two.client.track("order_placed");
    one.client.optOut();
    two.sync();
    await two.deliver();

    expect(two.server.events).toEqual([]);
  });
});

describe("while events wait for a user", () => {
  const names = ({ server }: ReturnType<typeof deviceFixture>) =>
    server.events.map((event) => [event.event_type, event.external_user_id]);

  test("another page's identify() lets them go out", async () => {
    const [one, two] = pages({ device: { holds: true } });
    two.client.track("one");
    two.client.track("two");
    one.client.identify("ada");
    two.sync();
    await two.deliver();

    expect(names(two)).toEqual([
      ["one", "ada"],
      ["two", "ada"],
    ]);
    expect(two.client.stats().dropped).toEqual({});
  });

  test("they go before what is tracked once another page has said who the user is", async () => {
    const [one, two] = pages({ device: { holds: true } });
    two.client.track("one");
    one.client.identify("ada");
    two.client.track("two");
    await two.deliver();

    expect(names(two)).toEqual([
      ["one", "ada"],
      ["two", "ada"],
    ]);
  });

  test("they wait on when another page has only changed something else", async () => {
    const [one, two] = pages({ device: { holds: true } });
    two.client.track("one");
    one.client.setPushToken("t1");
    two.sync();
    await two.deliver();

    expect([names(two), two.stored().length]).toEqual([[], 1]);
  });

  test("they wait on for the next page where this one has shut down", async () => {
    const [one, two] = pages({ device: { holds: true } });
    two.client.track("one");
    const left = two.stored();
    await two.client.shutdown();
    one.client.identify("ada");
    two.sync();

    expect(two.stored()).toEqual(left);
  });

  test("another page's reset() drops those of the visitor who has left, and the next one's wait on", async () => {
    const [one, two] = pages({ device: { holds: true } });
    two.client.track("one");
    void one.client.reset();
    two.client.track("two");
    two.sync();

    expect(two.errors).toMatchObject([{ reason: "reset", count: 1 }]);
    expect([two.stored().length, two.timers.delays()]).toEqual([1, []]);
    two.client.identify("bob");
    await two.deliver();
    expect(names(two)).toEqual([["two", "bob"]]);
    expect(imbalance(two)).toBe(0);
  });

  test("reset() drops them at once, and nothing is left to wake up for", () => {
    const [one] = pages({ device: { holds: true } });
    one.client.track("one");
    void one.client.reset();

    expect(one.errors).toMatchObject([{ reason: "reset", count: 1 }]);
    expect([one.stored(), one.timers.delays()]).toEqual([[], []]);
  });
});

describe("what an earlier page left behind", () => {
  const identify = (more?: object) =>
    JSON.stringify({ kind: "identify", body: JSON.stringify({ external_user_id: "ada", ...more }) });
  const saying = (opted_in: boolean) => ({ channels: [{ channel: "push", address: "t1", opted_in }] });

  test("is delivered", async () => {
    const fixture = deviceFixture({ adopted: [identify()] });
    await fixture.deliver();

    expect(fixture.server.identifies).toEqual([{ external_user_id: "ada" }]);
    expect(fixture.client.stats()).toMatchObject({ accepted: 1, delivered: 1 });
    expect(imbalance(fixture)).toBe(0);
  });

  test("and can no longer be read is dropped as corrupt, and reported", () => {
    const fixture = deviceFixture({ adopted: ["{", "null", identify()] });

    expect(fixture.errors.map(({ reason, count }) => [reason, count])).toEqual([
      ["corrupt", 1],
      ["corrupt", 1],
    ]);
    expect(fixture.stored()).toHaveLength(1);
    expect(imbalance(fixture)).toBe(0);
  });

  test("goes when the user has opted out, except what opts the token out", () => {
    const profile = newProfile();
    deviceFixture({ profile }).client.optOut();
    const adopted = [
      identify(),
      identify({ anonymous_id: "v" }),
      identify(saying(true)),
      identify({ ...saying(false), traits: { plan: "pro" } }),
      identify(saying(false)),
    ];
    const fixture = deviceFixture({ profile, adopted });

    expect(fixture.stored()).toEqual([identify(saying(false))]);
    expect(fixture.client.stats()).toMatchObject({ accepted: 5, dropped: { opted_out: 4 }, pending: 1 });
  });
});

test("what is said again of a token is no longer so, and is put right behind it", async () => {
  const fixture = deviceFixture();
  const { client, server } = fixture;
  client.identify("ada", { pushToken: "t1" });
  await fixture.deliver();
  fixture.repeat(
    '{"external_user_id":"ada","channels":[{"channel":"push","address":"t1","opted_in":false}]}',
  );
  await fixture.deliver();

  expect(server.identifies.slice(1).map(({ channels }) => channels)).toMatchObject([
    [{ address: "t1", opted_in: false }],
    [{ address: "t1", opted_in: true }],
  ]);
});

describe("what an earlier page noted as said of a token, and died before it was queued", () => {
  const nextPage = (kept: "adopted" | "kept") => {
    const profile = newProfile();
    const first = deviceFixture({ profile });
    return {
      profile,
      first,
      next: (texts: string[]) => deviceFixture({ profile, server: first.server, [kept]: texts }),
    };
  };

  test.each(["adopted", "kept"] as const)(
    "is said by the next one: an opt-out, where the queue is %s",
    async (kept) => {
      const { first, next } = nextPage(kept);
      first.client.identify("ada", { pushToken: "t1" });
      await first.deliver();
      first.client.setPushPermission("denied");
      const page = next([]);
      await page.deliver();

      expect(page.server.tokens).toEqual(new Map([["ada t1", false]]));
    },
  );

  test("is said by the next one: a registration", async () => {
    const { first, next } = nextPage("adopted");
    first.client.identify("ada");
    await first.deliver();
    first.client.setPushToken("t1");
    const page = next([]);
    await page.deliver();

    expect(page.server.tokens).toEqual(new Map([["ada t1", true]]));
  });

  test.each<[string, (page: ReturnType<typeof deviceFixture>) => unknown, Setup?]>([
    ["has shut down", ({ client }) => client.shutdown()],
    ["does nothing", () => {}, { device: { silent: true } }],
  ])("is not said by a client that %s", (_which, before, setup) => {
    const { profile, first } = nextPage("adopted");
    first.client.identify("ada", { pushToken: "t1" });
    const page = deviceFixture({ ...setup, profile, adopted: first.stored() });
    void before(page);
    const noted = profile.identity;
    page.reconcile([]);

    expect(profile.identity).toBe(noted);
  });

  test("is said once where it was queued, behind an event", async () => {
    const { first, next } = nextPage("adopted");
    first.client.track("opened");
    first.client.identify("ada", { pushToken: "t1" });
    const page = next(first.stored());
    await page.deliver();

    expect(page.server.identifies).toHaveLength(1);
  });
});
