import { describe, expect, test } from "vitest";
import { deviceFixture, imbalance, newProfile } from "../../test/device-fixture.ts";
import { settle } from "../../test/fake-ports.ts";

describe("reset()", () => {
  test("delivers what was queued as the one who did it, and resolves with that flush", async () => {
    const { client, server } = deviceFixture();
    client.identify("ada");
    client.track("one");

    const flushed = client.reset();
    client.track("two");
    await settle();
    server.open()[0]?.answer(202);
    await settle();
    server.open()[0]?.answer(202);

    expect(await flushed).toEqual({ delivered: 3, dropped: 0, pending: 0 });
    expect(server.events.map((event) => [event.event_type, event.external_user_id])).toEqual([
      ["one", "ada"],
      ["two", undefined],
    ]);
  });

  test("takes effect at once: nothing of the next person is the previous one's", async () => {
    const { client, server, deliver } = deviceFixture();
    client.track("as_visitor");
    client.identify("ada");
    client.track("as_ada");
    void client.reset();
    client.track("as_next_visitor");
    client.identify("bob");
    client.track("as_bob");
    await deliver();

    const [first, ada, second, bob] = server.events;
    expect(ada?.external_user_id).toBe("ada");
    expect(bob?.external_user_id).toBe("bob");
    expect(second?.anonymous_id).not.toBe(first?.anonymous_id);
    expect(server.identifies.map((body) => [body.external_user_id, body.anonymous_id])).toEqual([
      ["ada", first?.anonymous_id],
      ["bob", second?.anonymous_id],
    ]);
  });

  test("forgets the token, so that it does not follow the next person", async () => {
    const { client, server, deliver } = deviceFixture();
    client.identify("ada", { pushToken: "t1" });
    await deliver();
    void client.reset();
    client.identify("bob");
    await deliver();

    expect(server.tokens).toEqual(new Map([["ada t1", true]]));
  });

  test("forgets the pair: the same user with the same token is told again", async () => {
    const { client, server, deliver } = deviceFixture();
    client.identify("ada", { pushToken: "t1" });
    await deliver();
    await client.reset();
    client.identify("ada", { pushToken: "t1" });
    await deliver();

    expect(server.identifies.map(({ channels }) => channels?.length)).toEqual([1, 1]);
  });

  test("while a request of the user's is under way: its late refusal means nothing to the next", async () => {
    const { client, server, deliver } = deviceFixture();
    client.identify("ada", { pushToken: "t1" });
    void client.flush();
    await settle();

    void client.reset();
    client.identify("bob", { pushToken: "t2" });
    server.open()[0]?.answer(400);
    await deliver();
    client.setPushToken("t2");
    await deliver();

    expect(server.identifies.map(({ external_user_id }) => external_user_id)).toEqual(["bob"]);
    expect(server.tokens).toEqual(new Map([["bob t2", true]]));
  });

  test("twice in a row, and before anything happened, harms nothing", async () => {
    const fixture = deviceFixture();
    const { client, server } = fixture;
    expect(await client.reset()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
    client.identify("ada");
    void client.reset();
    void client.reset();
    client.track("one");
    await fixture.deliver();

    expect(server.identifies).toHaveLength(1);
    expect(server.events[0]).not.toHaveProperty("external_user_id");
    expect(imbalance(fixture)).toBe(0);
  });

  test("is remembered by the next page, though the last one's queue is still the user's", async () => {
    const profile = newProfile();
    const first = deviceFixture({ profile });
    first.client.identify("ada");
    first.client.track("as_ada");
    void first.client.reset();

    const second = deviceFixture({ profile, adopted: first.stored() });
    second.client.track("as_visitor");
    await second.deliver();

    expect(second.server.events.map((event) => event.external_user_id)).toEqual(["ada", undefined]);
  });

  test("keeps a denied permission: it is the device's", async () => {
    const { client, server, deliver } = deviceFixture();
    client.setPushPermission("denied");
    void client.reset();
    client.identify("bob", { pushToken: "t1" });
    await deliver();

    expect(server.tokens).toEqual(new Map());
  });

  test("works after shutdown(), too: the next client must not find the person who left", async () => {
    const profile = newProfile();
    const { client } = deviceFixture({ profile });
    client.identify("ada");
    void client.shutdown();
    void client.reset();

    const next = deviceFixture({ profile });
    next.client.track("one");
    await next.deliver();
    expect(next.server.events[0]).not.toHaveProperty("external_user_id");
  });
});
