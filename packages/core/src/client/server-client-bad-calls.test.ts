import { describe, expect, test } from "vitest";
import { clientFixture } from "../../test/client-fixture.ts";

/** What it throws hurts whoever asks what it is: `instanceof` included. */
const throwsHostileProxy = {
  get email(): never {
    throw new Proxy(
      {},
      {
        getPrototypeOf() {
          throw new Error("hands off");
        },
      },
    );
  },
};

describe("bad calls", () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;

  const calls: [string, unknown[], string][] = [
    ["no user", [undefined, "bought"], "invalid_user_id"],
    ["a blank user", ["  ", "bought"], "invalid_user_id"],
    ["no name", ["user_8842"], "invalid_event_type"],
    ["a wrong name", ["user_8842", "Bought It"], "invalid_event_type"],
    ["properties that are an array", ["user_8842", "bought", []], "invalid_properties"],
    ["properties that are text", ["user_8842", "bought", "x"], "invalid_properties"],
    ["context that is a number", ["user_8842", "bought", {}, 7], "invalid_context"],
    ["circular properties", ["user_8842", "bought", circular], "unserializable"],
    ["5 MB of properties", ["user_8842", "bought", { x: "x".repeat(5_000_000) }], "too_large"],
    ["a user id of 5 MB", ["x".repeat(5_000_000), "bought"], "too_large"],
    ["properties that are a map", ["user_8842", "bought", new Map([["a", 1]])], "invalid_properties"],
    ["properties nobody waited for", ["user_8842", "bought", Promise.resolve({})], "invalid_properties"],
    ["context that is a set", ["user_8842", "bought", {}, new Set([1])], "invalid_context"],
    ["properties that throw a hostile proxy", ["user_8842", "bought", throwsHostileProxy], "unserializable"],
    ["no arguments at all", [], "invalid_user_id"],
  ];

  test.each(calls)("%s: reported once, and the neighbours arrive", async (_name, args, reason) => {
    const { client, untyped, events, errors } = clientFixture();
    client.track("user_8842", "before");
    untyped.track(...args);
    client.track("user_8842", "after");
    await client.flush();

    expect(events.map(({ event_type }) => event_type)).toEqual(["before", "after"]);
    expect(errors).toEqual([
      { type: "dropped", reason, count: 1, message: expect.stringContaining("track(") },
    ]);
    expect(client.stats()).toEqual({ accepted: 3, delivered: 2, dropped: { [reason]: 1 }, pending: 0 });
  });

  test("a name that was right once is not right in another type", () => {
    const { client, untyped, errors } = clientFixture();
    client.track("user_8842", "bought");
    untyped.track("user_8842", ["bought"]);

    expect(errors[0]?.reason).toBe("invalid_event_type");
  });

  test.each<[string, unknown[], string]>([
    ["no user", [], "invalid_user_id"],
    ["options that are text", ["user_8842", "ada@example.com"], "invalid_traits"],
    ["traits that are an array", ["user_8842", { traits: [] }], "invalid_traits"],
    ["a channel of no kind", ["user_8842", { channels: [{}] }], "invalid_channels"],
    ["traits that are a map", ["user_8842", { traits: new Map() }], "invalid_traits"],
    ["traits that throw a hostile proxy", ["user_8842", { traits: throwsHostileProxy }], "unserializable"],
    ["an option that throws a hostile proxy", ["user_8842", throwsHostileProxy], "unserializable"],
    ["circular traits", ["user_8842", { traits: circular }], "unserializable"],
  ])("identify() with %s: reported once", (_name, args, reason) => {
    const { client, untyped, errors } = clientFixture();
    untyped.identify(...args);

    expect(errors).toEqual([
      { type: "dropped", reason, count: 1, message: expect.stringContaining("identify() was dropped") },
    ]);
    expect(client.stats()).toEqual({ accepted: 1, delivered: 0, dropped: { [reason]: 1 }, pending: 0 });
  });
});

test.each<[string, (client: ReturnType<typeof clientFixture>["untyped"]) => void]>([
  [
    'track("Bought It") was dropped: the event name must be lowercase_snake_case (got text).',
    (client) => client.track("user_8842", "Bought It"),
  ],
  [
    "track(…) was dropped: the user id must be text that is not blank (got undefined).",
    (client) => client.track(),
  ],
  [
    'track("bought") was dropped: properties must be a plain JSON object (got an array).',
    (client) => client.track("user_8842", "bought", []),
  ],
  [
    'track("bought") was dropped: context must be a plain JSON object (got 7).',
    (client) => client.track("user_8842", "bought", {}, 7),
  ],
  [
    'track("bought") was dropped: a value cannot become JSON: an exception without words.',
    (client) => client.track("user_8842", "bought", throwsHostileProxy),
  ],
  [
    "identify() was dropped: traits must be a plain JSON object (got an array).",
    (client) => client.identify("user_8842", { traits: [] }),
  ],
])("%s", (message, call) => {
  const { untyped, errors } = clientFixture();
  call(untyped);

  expect(errors.map((error) => error.message)).toEqual([message]);
});

describe("beforeSend", () => {
  test("leaves an event out: counted, not reported, and debug says which", () => {
    const { client, errors, log } = clientFixture({ beforeSend: () => null, debug: true });
    client.track("user_8842", "bought");

    expect(errors).toEqual([]);
    expect(log).toEqual([
      { level: "debug", message: '[whisperr] track("bought") was left out by beforeSend' },
    ]);
    expect(client.stats()).toEqual({ accepted: 1, delivered: 0, dropped: { before_send: 1 }, pending: 0 });
  });

  test("that is async costs the event, and its rejection is swallowed", async () => {
    const { client, events, errors } = clientFixture({
      beforeSend: (async () => Promise.reject(new Error("cannot clean"))) as never,
    });
    client.track("user_8842", "bought", { card: "4242" });
    await client.flush();

    expect(events).toEqual([]);
    expect(errors[0]).toMatchObject({ reason: "before_send_failed" });
    expect(client.stats().dropped).toEqual({ before_send_failed: 1 });
  });

  test("that throws costs the event: what was meant to be cleaned is not sent", async () => {
    const { client, events, errors } = clientFixture({
      beforeSend: () => {
        throw new Error("cannot clean");
      },
    });
    client.track("user_8842", "bought", { card: "4242" });
    await client.flush();

    expect(events).toEqual([]);
    expect(errors[0]).toMatchObject({ reason: "before_send_failed" });
    expect(errors[0]?.message).toContain("cannot clean");
  });
});
