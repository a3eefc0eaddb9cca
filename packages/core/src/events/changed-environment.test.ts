/** An environment that other code has changed: what it gives to every array or object is nobody's event. */
import { afterEach, expect, test } from "vitest";
import { clientFixture } from "../../test/client-fixture.ts";
import { ownOptions } from "../options.ts";
import { identifyBody } from "./identify-body.ts";
import { contextToJson, objectToJson } from "./snapshot.ts";

const arrays = Array.prototype as { toJSON?: unknown };
const objects = Object.prototype as Record<string, unknown>;

afterEach(() => {
  delete arrays.toJSON;
  delete objects.count;
  delete objects.debug;
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
