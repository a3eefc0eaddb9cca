/** Calls at moments when nobody expects them: inside the app's own callbacks, and next to an emptied storage. */
import { describe, expect, test } from "vitest";
import { deviceFixture, imbalance, newProfile } from "../../test/device-fixture.ts";
import { settle } from "../../test/fake-ports.ts";

describe("optOut() inside beforeSend", () => {
  test("takes back the very event that is being recorded", async () => {
    const fixture = deviceFixture({
      options: {
        beforeSend(event) {
          fixture.client.optOut();
          return event;
        },
      },
    });
    fixture.client.track("one");
    await fixture.deliver();

    expect(fixture.server.requests).toEqual([]);
    expect(fixture.client.stats()).toMatchObject({ accepted: 1, dropped: { opted_out: 1 }, pending: 0 });
  });
});

test("identify() inside beforeSend: an event that waits for nobody stays its visitor's", async () => {
  const fixture = deviceFixture({
    options: {
      beforeSend(event) {
        fixture.client.identify("ada");
        return event;
      },
    },
  });
  fixture.client.track("one");
  await fixture.deliver();

  const [{ anonymous_id, external_user_id } = {}] = fixture.server.events;
  const [{ anonymous_id: visitor } = {}] = fixture.server.identifies;
  expect([anonymous_id, external_user_id]).toEqual([visitor, undefined]);
});

describe("while events wait for a user", () => {
  test.each([
    ["identify() inside beforeSend lets its event go out", "identify", { delivered: 2, dropped: {} }],
    ["reset() inside beforeSend drops its event", "reset", { delivered: 0, dropped: { reset: 1 } }],
  ] as const)("%s", async (_name, method, expected) => {
    const fixture = deviceFixture({
      device: { holds: true },
      options: {
        beforeSend(event) {
          void fixture.client[method]("ada");
          return event;
        },
      },
    });
    fixture.client.track("one");
    await fixture.deliver();

    expect(fixture.client.stats()).toMatchObject({ ...expected, pending: 0 });
    expect(imbalance(fixture)).toBe(0);
  });
});

describe("an app that tracks when it hears that held events were dropped", () => {
  test("loses none of those that were not", async () => {
    const profile = newProfile();
    const other = deviceFixture({ profile, device: { holds: true } });
    const fixture = deviceFixture({
      profile,
      device: { holds: true },
      options: { onError: () => fixture.client.track("heard") },
    });
    fixture.client.track("of_the_first_visitor");
    void other.client.reset();
    fixture.client.track("one");
    fixture.client.identify("ada");
    fixture.client.track("two");
    await fixture.deliver();

    expect(fixture.server.events.map(({ event_type }) => event_type)).toEqual(["one", "heard", "two"]);
    expect(fixture.client.stats()).toMatchObject({ dropped: { reset: 1 }, pending: 0 });
    expect(imbalance(fixture)).toBe(0);
  });
});

describe("held events in an outbox of the app's own", () => {
  test("wait for their user after a restart as well", async () => {
    const profile = newProfile();
    const earlier = deviceFixture({ profile, device: { holds: true } });
    earlier.client.track("one");

    const fixture = deviceFixture({ profile, device: { holds: true }, kept: earlier.stored() });
    await fixture.deliver();
    expect(fixture.server.requests).toEqual([]);

    fixture.client.identify("ada");
    await fixture.deliver();
    expect(fixture.server.events.map((event) => [event.event_type, event.external_user_id])).toEqual([
      ["one", "ada"],
    ]);
    expect(imbalance(fixture)).toBe(0);
  });
});

describe("an app that empties the storage after reset()", () => {
  /** Two tabs, of which the second does not hear at once what the first one stores. */
  async function tabs() {
    const profile = newProfile();
    const [one, two] = [deviceFixture({ profile }), deviceFixture({ profile })];
    one.client.identify("ada");
    await one.deliver();
    two.client.track("as_ada");
    await two.deliver();

    void one.client.reset();
    const said = profile.identity;
    profile.identity = null;
    return { one, two, said };
  }

  const userOf = async ({ client, server, deliver }: ReturnType<typeof deviceFixture>) => {
    client.track("next");
    await deliver();
    return server.events.at(-1)?.external_user_id;
  };

  test("finds the user forgotten in every tab", async () => {
    const { one, two, said } = await tabs();
    two.sync(said);
    expect(await userOf(two)).toBeUndefined();
    expect(await userOf(one)).toBeUndefined();
  });

  test("also when another tab has put the user back before it heard of the reset", async () => {
    const { one, two, said } = await tabs();
    two.client.track("too_early");
    two.sync(said);
    expect(await userOf(one)).toBeUndefined();
    expect(await userOf(two)).toBeUndefined();
  });

  test("and what a tab has put back overrules nobody", async () => {
    const { one, two, said } = await tabs();
    two.client.track("too_early");
    const putBack = two.profile.identity;
    two.sync(said);
    one.client.identify("bob");
    await settle();
    one.sync(putBack);
    two.sync(putBack);
    two.sync(said);
    expect(await userOf(two)).toBe("bob");
    expect(await userOf(one)).toBe("bob");
  });
});
