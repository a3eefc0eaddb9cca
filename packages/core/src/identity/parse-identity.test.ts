/** What a page finds stored, by itself, by another page, or by an earlier version. */
import { describe, expect, test } from "vitest";
import { type Identity, parseIdentity, pushUpdate, registering, withToken } from "./identity.ts";

const parse = (value: unknown) => parseIdentity(JSON.stringify(value));
const registered = (over: object) => ({
  anonymousId: "v",
  registered: { userId: "ada", token: { address: "t1" }, optedIn: true, ...over },
});

test("what is under way is read back as it was written", () => {
  const ada = withToken({ anonymousId: "v", userId: "ada" }, { address: "t1" });
  const update = pushUpdate(ada);
  const identity = update && registering(ada, update);

  expect(identity?.registered?.replaces).toBeNull();
  expect(parse(identity)).toEqual(JSON.parse(JSON.stringify(identity)) as Identity);
});

test("a visitor's id has at most 128 characters", () => {
  expect(parse({ anonymousId: "v".repeat(128) })).toBeDefined();
  expect(parse({ anonymousId: "v".repeat(129) })).toBeUndefined();
});

describe("a registration", () => {
  test("may have older tokens beside it, and all of them have an address", () => {
    expect(parse(registered({ also: [{ address: "t2" }] }))).toBeDefined();
    expect(parse(registered({ also: [{ address: "t2" }, { address: "" }] }))).toBeUndefined();
    expect(parse(registered({ also: [{ address: 5 }] }))).toBeUndefined();
  });

  test("has a user", () => {
    expect(parse(registered({}))).toBeDefined();
    expect(parse(registered({ userId: "" }))).toBeUndefined();
  });
});
