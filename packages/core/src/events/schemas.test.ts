/** One suite for every validator: what each says differs, what becomes of an event does not. */
import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { clientFixture } from "../../test/client-fixture.ts";
import { deviceFixture } from "../../test/device-fixture.ts";
import { checkSchemas } from "../development.ts";
import type { WhisperrOptions } from "../options.ts";
import type { Schema } from "./schemas.ts";

const ZOD = {
  name: "zod 4",
  failed: z.object({
    amount_cents: z.number().int(),
    currency: z.string().default("EUR"),
    card: z.object({ brand: z.string() }).optional(),
  }),
  measured: z.object({ text: z.string().transform((text) => text.length) }),
  traits: z.object({ plan: z.enum(["free", "pro"]) }),
  async: z.object({ a: z.string().refine(async () => true) }),
  empty: {
    left_void: z.void(),
    left_undefined: z.undefined(),
    left_null: z.null(),
    left_out: z.object({ plan: z.string() }).optional(),
    left_nullable: z.object({ plan: z.string() }).nullable(),
  },
  emptied: z.object({ plan: z.string() }).transform(() => undefined),
};
const VALIBOT = {
  name: "valibot 1",
  failed: v.object({
    amount_cents: v.pipe(v.number(), v.integer()),
    currency: v.optional(v.string(), "EUR"),
    card: v.optional(v.object({ brand: v.string() })),
  }),
  measured: v.object({
    text: v.pipe(
      v.string(),
      v.transform((text) => text.length),
    ),
  }),
  traits: v.object({ plan: v.picklist(["free", "pro"]) }),
  async: v.objectAsync({ a: v.string() }),
  empty: {
    left_void: v.void(),
    left_undefined: v.undefined(),
    left_null: v.null(),
    left_out: v.optional(v.object({ plan: v.string() })),
    left_nullable: v.nullable(v.object({ plan: v.string() })),
  },
  emptied: v.pipe(
    v.object({ plan: v.string() }),
    v.transform(() => undefined),
  ),
};
const ARKTYPE = {
  name: "arktype 2",
  failed: type({ amount_cents: "number.integer", currency: "string = 'EUR'", "card?": { brand: "string" } }),
  measured: type({ text: type("string").pipe((text) => text.length) }),
  traits: type({ plan: "'free' | 'pro'" }),
  // It has none that is async; any other can stand here.
  async: { "~standard": { version: 1, vendor: "arktype", validate: async () => ({ value: {} }) } } as const,
  empty: {
    left_undefined: type("undefined"),
    left_null: type("null"),
    left_out: type({ plan: "string" }).or("undefined"),
    left_nullable: type({ plan: "string" }).or("null"),
  },
  emptied: type({ plan: "string" }).pipe(() => undefined),
};

describe.each([ZOD, VALIBOT, ARKTYPE])("$name", ({ failed, measured, traits, async, empty, emptied }) => {
  const events = { payment_failed: failed, text_measured: measured };
  const stage = (more: Partial<WhisperrOptions> = {}) => clientFixture({ events, traits, ...more });

  test("sends what the schema makes of the properties: defaults and transforms", async () => {
    const { client, events: arrived, errors } = stage();
    const given = { amount_cents: 4900 };
    client.track("ada", "payment_failed", given);
    client.forUser("ada").track("text_measured", { text: "four" });
    await client.flush();
    expect(arrived.map(({ properties }) => properties)).toEqual([
      { amount_cents: 4900, currency: "EUR" },
      { text: 4 },
    ]);
    expect(given).toEqual({ amount_cents: 4900 });
    expect(errors).toEqual([]);
  });

  test("drops a violation and says where it is, all of it, with the book kept", async () => {
    const { client, events: arrived, errors } = stage();
    client.track("ada", "payment_failed", { amount_cents: 49.5, card: { brand: 7 } });
    client.track("ada", "payment_failed");
    await client.flush();
    expect(arrived).toEqual([]);
    expect(errors).toMatchObject([
      { type: "dropped", reason: "invalid_event", count: 1 },
      { type: "dropped", reason: "invalid_event", count: 1 },
    ]);
    expect(errors[0]?.message).toMatch(
      /^track\("payment_failed"\) was dropped: .*amount_cents: .*int.*; .*card\.brand: .*string/i,
    );
    expect(client.stats()).toEqual({ accepted: 2, delivered: 0, dropped: { invalid_event: 2 }, pending: 0 });
  });

  test.each(["warn", "send"] as const)("%s: a violation is sent as it was given", async (invalidEvents) => {
    const { client, events: arrived, errors, log } = stage({ invalidEvents });
    for (const _ of [1, 2]) client.track("ada", "payment_failed", { amount_cents: "49" });
    await client.flush();
    expect(arrived.map(({ properties }) => properties)).toEqual([
      { amount_cents: "49" },
      { amount_cents: "49" },
    ]);
    expect(errors).toEqual([]);
    const said = log.map(({ level, message }) => [level, message]);
    expect(said).toEqual(
      invalidEvents === "send" ? [] : [["warn", expect.stringMatching(/payment_failed: amount_cents: /)]],
    );
  });

  test.each([null, "ignore"])("%s is no word for it: a violation is dropped", async (word) => {
    const { client, events: arrived, errors } = stage({ invalidEvents: word as never });
    client.track("ada", "payment_failed", { amount_cents: "49" });
    client.identify("ada", { traits: { plan: "gold" } });
    await client.flush();
    expect(arrived).toEqual([]);
    expect(errors.map(({ reason }) => reason)).toEqual(["invalid_event", "invalid_traits"]);
  });

  test("a warning of an event takes the place of no error that has its name", async () => {
    const { client, log } = clientFixture({ events: {}, unknownEvents: "warn", onError: undefined });
    for (let number = 0; number < 200; number++) client.track("ada", `event_${number}`);
    client.track("ada", "invalid_user_id");
    client.track("", "event_1");
    expect(log.map(({ message }) => message)).toContainEqual(expect.stringContaining("the user id must be"));
  });

  test("refuses traits that violate their schema, and asks none for an identify without traits", async () => {
    const { client, identifies, errors } = stage();
    client.identify("ada", { traits: { plan: "gold" } });
    client.identify("ada", { traits: { plan: "pro" } });
    client.identify("ada", { email: "ada@example.com" });
    await client.flush();
    expect(identifies).toHaveLength(2);
    expect(errors).toMatchObject([{ reason: "invalid_traits", message: expect.stringMatching(/plan: /) }]);
  });

  test("a schema that takes no properties is met by none, however it calls that", async () => {
    const names = Object.keys(empty);
    const { client, events: arrived, errors } = stage({ events: empty as Record<string, Schema> });
    for (const name of names) {
      client.track("ada", name);
      client.track("ada", name, null);
    }
    await client.flush();
    expect(errors).toEqual([]);
    expect(arrived.map(({ event_type, properties }) => [event_type, properties])).toEqual(
      names.flatMap((name) => [
        [name, {}],
        [name, {}],
      ]),
    );
  });

  test("and refuses what it does not take; nothing in its answer means none", async () => {
    const {
      client,
      events: arrived,
      identifies,
      errors,
    } = stage({
      events: { ...(empty as Record<string, Schema>), emptied },
      traits: emptied,
    });
    client.track("ada", "left_undefined", { plan: "pro" });
    client.track("ada", "left_out", { plan: 7 });
    client.track("ada", "emptied");
    client.track("ada", "emptied", { plan: "pro" });
    client.identify("ada", { email: "ada@example.com", traits: { plan: "pro" } });
    await client.flush();
    expect(errors.map(({ reason }) => reason)).toEqual(Array(3).fill("invalid_event"));
    // What `{}` lacks: that says more than what was left out.
    expect(errors[2]?.message).toContain('track("emptied") was dropped: plan: ');
    expect(arrived.map(({ properties }) => properties)).toEqual([{}]);
    expect(identifies).toHaveLength(1);
    expect(identifies[0]).not.toHaveProperty("traits");
  });

  test("an async schema is violated, where nobody refused it", async () => {
    const {
      client,
      events: arrived,
      errors,
    } = clientFixture({
      events: { made_later: async as Schema },
    });
    client.track("ada", "made_later", { a: "text" });
    await client.flush();
    expect(arrived).toEqual([]);
    expect(errors).toMatchObject([
      { reason: "invalid_event", message: expect.stringContaining("its schema gives no object") },
    ]);
  });

  test("checks what a device says in the same way", async () => {
    const { client, server, errors, deliver } = deviceFixture({
      options: { events, traits },
    });
    client.track("payment_failed", { amount_cents: 4900 });
    client.track("payment_failed", { amount_cents: "49" });
    client.identify("ada", { traits: { plan: "gold" } });
    client.setPushToken("token");
    client.identify("ada", { traits: { plan: "pro" } });
    await deliver();
    expect(server.events.map(({ properties }) => properties)).toEqual([
      { amount_cents: 4900, currency: "EUR" },
    ]);
    expect(errors.map(({ reason }) => reason)).toEqual(["invalid_event", "invalid_traits"]);
    expect(server.identifies).toMatchObject([{ traits: { plan: "pro" } }]);
  });
});

describe("an event without a schema", () => {
  const events = { payment_failed: ZOD.failed };

  test.each([undefined, "allow"] as const)("goes out when unknownEvents is %s", async (unknownEvents) => {
    const { client, events: arrived } = clientFixture({ events, unknownEvents });
    client.track("ada", "plan_viewed", { plan: "pro" });
    await client.flush();
    expect(arrived).toHaveLength(1);
  });

  test("warn: goes out, and is said once", async () => {
    const { client, events: arrived, log } = clientFixture({ events, unknownEvents: "warn" });
    for (const name of ["plan_viewed", "plan_viewed", "plan_left"]) client.track("ada", name);
    await client.flush();
    expect(arrived).toHaveLength(3);
    expect(log).toEqual([
      { level: "warn", message: "[whisperr] plan_viewed: no schema of it." },
      { level: "warn", message: "[whisperr] plan_left: no schema of it." },
    ]);
  });

  test("nor traits that their schema refuses, where they are sent all the same: that is said once", async () => {
    const { client, identifies, log } = clientFixture({ traits: ZOD.traits, invalidEvents: "warn" });
    for (const _ of [1, 2]) client.identify("ada", { traits: { plan: "gold" } });
    await client.flush();
    expect(identifies).toHaveLength(2);
    expect(log).toEqual([{ level: "warn", message: expect.stringMatching(/^\[whisperr\] traits: plan: /) }]);
  });

  test("drop: is reported, but for what the SDK records by itself", async () => {
    const { client, events: arrived, errors } = clientFixture({ events, unknownEvents: "drop" });
    for (const name of ["plan_viewed", "page_viewed", "constructor"]) client.track("ada", name);
    await client.flush();
    expect(arrived.map(({ event_type }) => event_type)).toEqual(["page_viewed"]);
    expect(errors.map(({ reason }) => reason)).toEqual(["invalid_event", "invalid_event"]);
  });

  test("only traits have a schema: every event goes out", async () => {
    const { client, errors } = clientFixture({
      traits: ZOD.traits,
      unknownEvents: "drop",
    });
    client.track("ada", "plan_viewed");
    expect(errors).toEqual([]);
    expect(client.stats().pending).toBe(1);
  });
});

describe("a schema that misbehaves harms its event only", () => {
  const answering = (validate: (value: unknown) => unknown): Schema => ({
    "~standard": { version: 1, vendor: "test", validate },
  });
  test.each<[string, Schema]>([
    ["throws", answering(() => JSON.parse("{"))],
    ["rejects", answering(() => Promise.reject(new Error("no")))],
    ["answers nothing", answering(() => undefined)],
    ["has issues that throw", answering(() => ({ issues: [new Proxy({}, { get: () => JSON.parse("{") })] }))],
    ["has issues without words", answering(() => ({ issues: [{}] }))],
    ["makes text of the properties", answering(() => ({ value: "text" }))],
  ])("%s", async (_what, schema) => {
    const { client, events: arrived, errors } = clientFixture({ events: { odd: schema } });
    client.track("ada", "odd");
    client.track("ada", "plain");
    await client.flush();
    expect(arrived.map(({ event_type }) => event_type)).toEqual(["plain"]);
    expect(errors).toHaveLength(1);
  });

  test("opens a path that holds keys as objects, as the standard allows", () => {
    const issue = { message: "two\nlines", path: [{ key: "a" }, 0, "b"] };
    const { client, errors } = clientFixture({ events: { odd: answering(() => ({ issues: [issue] })) } });
    client.track("ada", "odd");
    expect(errors).toMatchObject([{ message: 'track("odd") was dropped: a.0.b: two, lines.' }]);
  });

  test.each<[string, (value: unknown) => unknown, string]>([
    ["an issue without a path", () => ({ issues: [{ message: "no" }] }), "no"],
    ["parts of a path that are nothing", () => ({ issues: [{ message: "no", path: [null, 0] }] }), ".0: no"],
    ["an exception", () => JSON.parse("{"), "Expected property name"],
  ])("tells of %s", (_what, validate, words) => {
    const { client, errors } = clientFixture({ events: { odd: answering(validate) } });
    client.track("ada", "odd");
    expect(errors[0]?.message).toContain(`track("odd") was dropped: ${words}`);
  });
});

test.each([
  [{ events: { odd: {} } }, /the schema of odd must be one of zod 4, valibot 1, arktype 2 or another/],
  [{ traits: 7 }, /the schema of traits must be/],
  [{ events: { odd: null } }, /the schema of odd must be one of zod 4, .* \(got null\)/],
  [{ events: [] }, /events must be an object of schemas by name \(got an array\)/],
  [{ events: new Map([["odd", ZOD.failed]]) }, /events must be an object of schemas by name \(got a map\)/],
  [{ events: 7 }, /events must be an object of schemas by name \(got 7\)/],
  [{ events: {}, unknownEvents: "refuse" }, /unknownEvents must be allow or warn or drop/],
  [{ events: {}, invalidEvents: true }, /invalidEvents must be drop or warn or send/],
])("%j is refused at creation, where that is checked", (options, message) => {
  expect(() => checkSchemas(options as never)).toThrow(message);
});

test.each([undefined, null, "allow", "warn", "drop"])("unknownEvents may be %s", (unknownEvents) => {
  expect(() => checkSchemas({ events: {}, unknownEvents } as never)).not.toThrow();
});

test.each([
  [undefined],
  [null],
  [{}],
  [{ left_out: undefined, payment_failed: ZOD.failed }],
  [Object.assign(Object.create(null), { payment_failed: ZOD.failed })],
])("events may be %j", (events) => {
  for (const traits of [undefined, null])
    expect(() => checkSchemas({ events, traits } as never)).not.toThrow();
});

test.each<[string, Schema, boolean]>([
  ["valibot's", VALIBOT.async, true],
  ["zod's, of properties that may be left out", z.object({}).refine(async () => true), true],
  ["one that rejects", { "~standard": { version: 1, vendor: "t", validate: () => Promise.reject(7) } }, true],
  // Says so only of properties that fit: its events are dropped, each with a report.
  ["zod's, of properties that must be given", ZOD.async, false],
  ["a synchronous one", ZOD.failed, false],
])("a schema that answers later is refused at creation: %s", (_what, schema, isRefused) => {
  const attempt = (options: WhisperrOptions) => () => checkSchemas(options);
  const message = /the schema of \w+ must be synchronous: track\(\) does not wait/;
  for (const options of [{ events: { made_later: schema } }, { traits: schema }])
    if (isRefused) expect(attempt(options)).toThrow(message);
    else expect(attempt(options)).not.toThrow();
});

test("what a schema rejects later ends no process", () => {
  const answers: Promise<never>[] = [];
  const validate = () => {
    const answer = Promise.reject(new Error("later"));
    vi.spyOn(answer, "then");
    answers.push(answer);
    return answer;
  };
  const schema = { "~standard": { version: 1, vendor: "t", validate } } as never as Schema;
  expect(() => checkSchemas({ traits: schema })).toThrow("must be synchronous");
  clientFixture({ events: { made_later: schema } }).client.track("ada", "made_later");
  // Without properties it is asked for all that may mean none.
  expect(answers).toHaveLength(4);
  for (const { then } of answers) expect(then).toHaveBeenCalledWith(undefined, expect.any(Function));
});
