/** An environment that other code has changed: what it gives to every array or object is nobody's event. */
import { afterEach, expect, test, vi } from "vitest";
import { clientFixture } from "../../test/client-fixture.ts";
import { settle } from "../../test/fake-ports.ts";
import { ownOptions } from "../attempt.ts";
import { identifyBody } from "./identify-body.ts";
import { contextToJson, objectToJson } from "./snapshot.ts";

const arrays = Array.prototype as { toJSON?: unknown };
const objects = Object.prototype as Record<string, unknown>;

/** Of an identify, of a report, of an answer; and what old libraries give to every object. */
const NAMES = [
  ...["traits", "channels", "email", "phone", "pushToken", "preferredChannel", "optedIn", "verified", "kind"],
  ...[
    "platform",
    "rejected",
    "too_large",
    "failure",
    "accepted",
    "error",
    "code",
    "message",
    "status",
    "reason",
  ],
  ...["count", "size", "length", "each", "extend", "clone", "map", "keys", "inspect", "has", "properties"],
];

afterEach(() => {
  delete arrays.toJSON;
  for (const name of [...NAMES, "debug", "toJSON"]) delete objects[name];
  vi.restoreAllMocks();
});

/** As Prototype 1.6 has it. */
function toJSON(this: readonly unknown[]): string {
  return `[${this.join(", ")}]`;
}

test("lists stay lists where arrays have a toJSON that makes text of them, and it is left where it was", () => {
  arrays.toJSON = toJSON;
  const descriptor = Object.getOwnPropertyDescriptor(arrays, "toJSON");
  const properties = objectToJson({ tags: ["a"], deep: { list: [1, [2n]] } }, "properties");
  const context = contextToJson({ a: [1] }, { b: [2] });
  const body = identifyBody("ada", { email: "ada@example.com", traits: { plans: ["pro"] } });
  expect(() =>
    objectToJson(
      {
        get a() {
          throw new Error("no");
        },
      },
      "properties",
    ),
  ).toThrow("no");
  expect(Object.getOwnPropertyDescriptor(arrays, "toJSON")).toEqual(descriptor);
  delete arrays.toJSON;
  expect(properties).toBe('{"tags":["a"],"deep":{"list":[1,[2]]}}');
  expect(context).toBe('{"b":[2],"a":[1]}');
  expect(JSON.parse(body)).toMatchObject({ traits: { plans: ["pro"] }, channels: [{ channel: "email" }] });
});

test("a member of every object is no option", () => {
  objects.debug = true;
  objects.count = 7;
  const given = { apiKey: "wrk_test", count: 1 };
  expect({ ...ownOptions(given) }).toEqual({ apiKey: "wrk_test", count: 1, debug: undefined });
});

test("options are taken as they are where nobody changed anything", () => {
  const given = { apiKey: "wrk_test" };
  expect(ownOptions(given)).toBe(given);
});

test("what is dropped is counted by itself, whatever objects have", () => {
  objects.count = 7;
  const { client, errors } = clientFixture({ maxQueueSize: 1, fetch: () => new Promise(() => {}) });
  for (const name of ["a", "b", "c"]) client.track("ada", name);
  delete objects.count;
  expect(errors.map(({ reason, count }) => [reason, count])).toEqual([["queue_full", 1]]);
});

/** What a server gets of all kinds of calls, and what the app hears, when its answers are these and then 202. */
async function flow(...answers: number[]) {
  const bodies: string[] = [];
  const { client, untyped, errors } = clientFixture({
    maxRetries: 0,
    async fetch(_url, { body }) {
      bodies.push(body);
      const status = answers.shift() ?? 202;
      return { status, headers: new Headers(), text: async () => "{}" };
    },
  });
  client.track("ada", "bought", { tags: ["a", { b: 1n }], at: new Date(0) });
  client.identify("ada", { email: "ada@example.com", traits: { plans: ["pro"] } });
  untyped.identify("ada", { channels: [{ type: "push", address: "token" }] });
  untyped.track("ada", "Not A Name");
  client.track("ada", "sold");
  const flushed: unknown[] = [];
  for (let time = 0; time < 3; time++) {
    void client.flush().then((result) => flushed.push(result));
    await settle();
  }
  return { bodies, errors: errors.map((one) => ({ ...one })), flushed, stats: client.stats() };
}

test.each(NAMES)(
  "a member of every object that is called %s changes nothing that is sent or said",
  async (name) => {
    const clean = [await flow(), await flow(503, 400), await flow(413)];
    objects[name] = 7;
    const changed = [await flow(), await flow(503, 400), await flow(413)];
    delete objects[name];
    expect(changed).toEqual(clean);
  },
);

test("a toJSON of every object is away too, and put back", () => {
  arrays.toJSON = toJSON;
  objects.toJSON = () => "an object";
  const text = objectToJson({ tags: ["a"], deep: { b: [1n] } }, "properties");
  const isBack = [Object.hasOwn(arrays, "toJSON"), Object.hasOwn(objects, "toJSON")];
  delete arrays.toJSON;
  delete objects.toJSON;
  expect(text).toBe('{"tags":["a"],"deep":{"b":[1]}}');
  expect(isBack).toEqual([true, true]);
});

test("a toJSON of every object, where arrays have none of their own", () => {
  objects.toJSON = () => "an object";
  const text = objectToJson({ tags: ["a"] }, "properties");
  const isBack = [Object.hasOwn(arrays, "toJSON"), Object.hasOwn(objects, "toJSON")];
  delete objects.toJSON;
  expect(text).toBe('{"tags":["a"]}');
  expect(isBack).toEqual([false, true]);
});

test("Array.from() and reduce() of an old library lose nothing (Prototype 1.6, MooTools)", () => {
  vi.spyOn(Array, "from").mockImplementation((list: unknown) => list as never);
  vi.spyOn(Array.prototype, "reduce").mockImplementation(function (this: unknown[]) {
    return this.length > 1 ? this : this[0];
  });
  const { client, untyped, errors } = clientFixture({ maxQueueBytes: 2000, flushAt: 100 });
  untyped.identify("ada", { channels: [{ type: "email", address: "ada@example.com" }] });
  for (let number = 0; number < 20; number++) client.track("ada", "bought", { text: "x".repeat(100) });
  const body = identifyBody("ada", { channels: [{ type: "email", address: "ada@example.com" }] });
  vi.restoreAllMocks();
  expect(JSON.parse(body)).toMatchObject({ channels: [{ channel: "email", opted_in: true }] });
  expect(client.stats().pending).toBeGreaterThan(2);
  expect(errors.map(({ reason }) => reason)).toEqual(["queue_full"]);
});

test.each([
  [
    "throws",
    () => {
      throw new Error("no JSON");
    },
  ],
  ["returns nothing", () => undefined],
  ["returns an object", () => ({})],
])("a JSON.stringify that %s costs those calls and harms nothing else", async (_name, broken) => {
  const { client, events, errors } = clientFixture();
  client.track("ada", "before");
  vi.spyOn(JSON, "stringify").mockImplementation(broken as never);
  expect(() => client.track("ada", "bought", { a: 1 })).not.toThrow();
  expect(() => client.identify("ada", { email: "ada@example.com" })).not.toThrow();
  vi.restoreAllMocks();
  client.track("ada", "after");
  await client.flush();
  expect(events.map((one) => one.event_type)).toEqual(["before", "after"]);
  expect(client.stats()).toMatchObject({ accepted: 4, delivered: 2, pending: 0 });
  expect(errors).toHaveLength(2);
});
