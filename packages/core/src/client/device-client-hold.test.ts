import { describe, expect, test } from "vitest";
import { deviceFixture, imbalance, newProfile, type Setup } from "../../test/device-fixture.ts";
import { settle } from "../../test/fake-ports.ts";

const holding = (setup: Setup = {}) => deviceFixture({ ...setup, device: { holds: true } });
const names = (events: readonly { readonly event_type: string }[]) =>
  events.map(({ event_type }) => event_type);

describe("events that wait for a user", () => {
  test("are not sent, whatever asks for it, and count as pending", async () => {
    const { client, server, deliver, loop } = holding({ options: { flushAt: 1 } });
    client.track("one");
    client.track("two");
    loop.retryNow();
    await deliver();

    expect(server.requests).toEqual([]);
    expect(client.stats()).toMatchObject({ accepted: 2, delivered: 0, pending: 2 });
    expect(await client.flush()).toEqual({ delivered: 0, dropped: 0, pending: 2 });
  });

  test("go out in order before the identify, under the user's id, without the visitor's", async () => {
    const { client, server, deliver } = holding();
    client.track("one");
    client.track("two");
    client.identify("ada");
    client.track("three");
    await deliver();

    expect(names(server.events)).toEqual(["one", "two", "three"]);
    for (const event of server.events) {
      expect(event.external_user_id).toBe("ada");
      expect(event).not.toHaveProperty("anonymous_id");
    }
    expect(server.requests.map(({ identify }) => identify !== undefined)).toEqual([false, true, false]);
  });

  test("keep their time, id and bytes from the call", async () => {
    const { client, server, stored, deliver } = holding();
    client.track("one", { n: 1 });
    const [before] = stored().map((text) => JSON.parse(text) as { idPrefix: string; properties: string });
    client.identify("ada");
    await deliver();

    expect(server.events[0]?.context.$message_id).toContain(before?.idPrefix);
    expect(server.events[0]?.properties).toEqual({ n: 1 });
  });

  test("count towards flushAt when they are due", async () => {
    const { client, server } = holding({ options: { flushAt: 2 } });
    client.track("one");
    client.track("two");
    client.identify("ada");
    await settle();

    expect(server.open()).toHaveLength(1);
  });

  test("of a visitor who left are dropped as reset, and reported", async () => {
    const fixture = holding();
    const { client, errors, server } = fixture;
    client.track("one");
    client.track("two");
    void client.reset();
    client.track("three");
    client.identify("ada");
    await fixture.deliver();

    expect(errors).toMatchObject([{ type: "dropped", reason: "reset", count: 2 }]);
    expect(names(server.events)).toEqual(["three"]);
    expect(imbalance(fixture)).toBe(0);
  });

  test("are discarded by optOut()", async () => {
    const { client, stored } = holding();
    client.track("one");
    client.optOut();

    expect(stored()).toEqual([]);
    expect(client.stats().dropped).toEqual({ opted_out: 1 });
  });

  test("beyond maxQueueSize the oldest go, and what is queued to be sent is spared", () => {
    const fixture = holding({ options: { maxQueueSize: 3 } });
    const { client } = fixture;
    client.identify("ada");
    void client.reset();
    for (const name of ["one", "two", "three"]) client.track(name);

    expect(fixture.stored().map((text) => /"event":"(\w+)"/.exec(text)?.[1])).toEqual([
      undefined,
      "two",
      "three",
    ]);
    expect(client.stats()).toMatchObject({ dropped: { queue_full: 1 }, pending: 3 });
    expect(imbalance(fixture)).toBe(0);
  });

  test("let what is said of an earlier user's token pass, while nobody is known", async () => {
    const profile = newProfile();
    const first = holding({ profile });
    first.client.identify("ada", { pushToken: "t1" });
    await first.deliver();
    first.client.optOut();
    await settle();
    for (const request of first.server.open()) request.aborted = true;
    const fixture = holding({ profile, server: first.server, adopted: first.stored() });
    const { client, server } = fixture;
    client.optIn();
    client.track("one");
    client.track("two");
    // The opt-out of the token is refused: it is to be said again.
    await fixture.deliver(400);
    client.setPushPermission("denied");
    await fixture.deliver();

    expect(server.requests.slice(-2).map(({ identify }) => identify)).toMatchObject([
      { external_user_id: "ada", channels: [{ address: "t1", opted_in: false }] },
      { external_user_id: "ada", channels: [{ address: "t1", opted_in: false }] },
    ]);
    expect(client.stats()).toMatchObject({ pending: 2 });
    client.identify("bob");
    await fixture.deliver();

    expect(server.events.map(({ event_type, external_user_id }) => [event_type, external_user_id])).toEqual([
      ["one", "bob"],
      ["two", "bob"],
    ]);
    expect(imbalance(fixture)).toBe(0);
  });

  test("survive the page, and go out when the next one knows the user", async () => {
    const profile = newProfile();
    const first = holding({ profile });
    first.client.track("one");

    const second = holding({ profile, server: first.server, adopted: first.stored() });
    await second.deliver();
    expect(second.server.requests).toEqual([]);
    second.client.track("two");
    second.client.identify("ada");
    await second.deliver();

    expect(names(second.server.events)).toEqual(["one", "two"]);
    expect(imbalance(second)).toBe(0);
  });

  test("that a page finds when the user is known already are theirs at once", async () => {
    const profile = newProfile();
    const first = holding({ profile });
    first.client.track("one");
    const left = first.stored();
    holding({ profile }).client.identify("ada");

    const second = holding({ profile, adopted: left });
    await second.deliver();

    expect(second.server.events).toMatchObject([{ external_user_id: "ada", event_type: "one" }]);
  });

  test("that a page finds of a visitor who left are dropped as reset", () => {
    const profile = newProfile();
    const first = holding({ profile });
    first.client.track("one");
    const left = first.stored();
    void first.client.reset();

    const second = holding({ profile, adopted: left });

    expect(second.errors).toMatchObject([{ reason: "reset", count: 1 }]);
    expect(second.stored()).toEqual([]);
  });

  test("and calls from inside an error's report leave every operation in its place", async () => {
    let calls = 0;
    const fixture = holding({
      options: {
        maxQueueSize: 4,
        onError() {
          if (calls++ > 0) return;
          fixture.client.track("in_report");
          fixture.client.identify("ada");
          fixture.client.track("after");
        },
      },
    });
    for (let i = 0; i < 5; i++) fixture.client.track("waiting");
    await fixture.deliver();

    expect(imbalance(fixture)).toBe(0);
    expect(fixture.stored()).toEqual([]);
    for (const { external_user_id } of fixture.server.events) expect(external_user_id).toBe("ada");
  });
});
