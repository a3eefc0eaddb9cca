/** Who the user is, and what a page finds stored of that: by itself, by another page, or by anybody. */
import { describe, expect, test } from "vitest";
import { ADA, newId, queued, T1, VISITOR } from "../../test/identities.ts";
import { type Identity, identified, parseIdentity } from "./identity.ts";
import { withToken } from "./push-token.ts";

describe("the visitor", () => {
  test("becomes the user at identify(), and keeps the id until the next reset()", () => {
    const ada = identified(VISITOR, "ada", newId);

    expect(ada).toEqual({ anonymousId: "visitor-1", userId: "ada" });
    expect(identified(ada, "ada", newId)).toEqual(ada);
    expect(identified({ ...ada, promoted: true }, "ada", newId)).toEqual({ ...ada, promoted: true });
  });

  test("who follows another user without a reset() is a new visitor, of whom there are no events to move", () => {
    const bob = identified({ ...withToken(ADA, T1), denied: true }, "bob", newId);

    expect(bob).toEqual({ anonymousId: "visitor-2", userId: "bob", promoted: true, denied: true });
  });
});

describe("what is stored", () => {
  const parse = (value: unknown) => parseIdentity(JSON.stringify(value));
  const statement = { userId: "ada", channel: "push", address: "t1", opted_in: true };
  const said = (over: object) => ({ anonymousId: "v", said: [statement, { ...statement, ...over }] });

  test("is read back as it was written", () => {
    const { identity } = queued(withToken(ADA, T1));

    expect(identity.said).toEqual([{ ...statement, isQueued: true }]);
    expect(parse(identity)).toEqual(JSON.parse(JSON.stringify(identity)) as Identity);
  });

  test("has a visitor's id of at most 128 characters", () => {
    expect(parse({ anonymousId: "v".repeat(128) })).toBeDefined();
    expect(parse({ anonymousId: "v".repeat(129) })).toBeUndefined();
  });

  test("says everything of a token with an address, under a user", () => {
    expect(parse(said({}))).toBeDefined();
    for (const over of [{ userId: "" }, { userId: undefined }, { address: "" }, { address: 5 }])
      expect(parse(said(over))).toBeUndefined();
  });
});
