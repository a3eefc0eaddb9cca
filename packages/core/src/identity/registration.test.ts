/** What is registered once identifies are settled: delivered, given up, or nobody knows. */
import { describe, expect, test } from "vitest";
import { ADA, newId, opted, queued, sent, T1, T2, wire } from "../../test/identities.ts";
import {
  doubted,
  forgotten,
  type Identity,
  identified,
  pushUpdate,
  settled,
  withConsent,
  withPermission,
  withToken,
} from "./identity.ts";

describe("a registration that is dropped", () => {
  test("is forgotten, and sent when asked for again", () => {
    const dropped = sent(withToken(ADA, T1), false);

    expect(dropped.registered).toBeUndefined();
    expect(wire(withToken(dropped, T1))).toEqual([opted("t1", true)]);
  });

  test("leaves the one it was to replace registered", () => {
    const dropped = sent(withToken(sent(withToken(ADA, T1)), T2), false);

    expect(pushUpdate(withToken(dropped, T1))).toBeUndefined();
    expect(wire(dropped)).toEqual([opted("t1", false), opted("t2", true)]);
  });

  test("does not come back when those after it are dropped, too", () => {
    const one = sent(withToken(ADA, T1));
    const two = queued(withToken(one, T2));
    const three = queued(withToken(two.identity, { address: "t3" }));

    const after = [two, three].reduce(
      (identity, { update }) => settled(identity, { push: update.registration }, false),
      three.identity,
    );

    expect(after.registered).toEqual(one.registered);
    expect(wire(withToken(after, T2))).toEqual([opted("t1", false), opted("t2", true)]);
  });

  test("says nothing about a later one like it", () => {
    const first = queued(withToken(ADA, T1));
    const second = queued(withToken(first.identity, T2));
    const third = queued(withToken(second.identity, T1));

    const after = settled(third.identity, { push: first.update.registration }, false);
    const done = [second, third].reduce(
      (identity, { update }) => settled(identity, { push: update.registration }, true),
      after,
    );

    expect(done.registered).toEqual({ userId: "ada", token: T1, optedIn: true });
  });

  test("after reset() concerns nobody any more", () => {
    const { identity, update } = queued(withToken(ADA, T1));
    const next = sent(withToken(identified(forgotten(identity, "visitor-2"), "ada", newId), T2));

    expect(settled(next, { push: update.registration }, false)).toEqual(next);
    expect(settled(next, { push: update.registration }, true)).toEqual(next);
  });
});

describe("a later registration that is dropped first", () => {
  test.each<[string, (identity: Identity) => Identity]>([
    ["of another token", (identity) => withToken(identity, T2)],
    ["that opts out", (identity) => withPermission(identity, false)],
    ["of another user", (identity) => identified(identity, "bob", newId)],
  ])("%s leaves the earlier one under way", (_what, change) => {
    const { identity } = queued(withToken(ADA, T1));
    const later = queued(change(identity));

    const left = settled(later.identity, { push: later.update.registration }, false);

    expect(left.registered).toEqual(identity.registered);
  });
});

test("an identify that says nothing of the token settles nothing of it", () => {
  const { identity } = queued(withToken(ADA, T1));

  expect(settled(identity, { anonymousId: "visitor-1" }, true)).toEqual({ ...identity, promoted: true });
});

test("a registration like the one that is settled already changes nothing", () => {
  const done = sent(withToken(ADA, T1));

  expect(settled(done, { push: { userId: "ada", token: T1, optedIn: true } }, false)).toEqual(done);
});

describe("in doubt", () => {
  test("a token of which more was said is still one token", () => {
    const known = sent(withToken(ADA, T1));
    const { identity } = queued(withToken(known, { address: "t1", kind: "fcm" }));

    expect(wire(doubted(withConsent(identity, false)))).toEqual([{ ...opted("t1", false), kind: "fcm" }]);
  });

  test("nothing is registered when the only token was never delivered", () => {
    const { identity, update } = queued(withToken(ADA, T1));
    const silent = queued(withPermission(identity, false)).identity;
    const refused = settled(silent, { push: update.registration }, false);

    expect(doubted(refused)).not.toHaveProperty("registered");
  });
});
