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
    const dropped = sent(withToken(ADA, T1), "refused");

    expect(dropped.registered).toBeUndefined();
    expect(wire(withToken(dropped, T1))).toEqual([opted("t1", true)]);
  });

  test("leaves the one it was to replace registered", () => {
    const dropped = sent(withToken(sent(withToken(ADA, T1)), T2), "refused");

    expect(pushUpdate(withToken(dropped, T1))).toBeUndefined();
    expect(wire(dropped)).toEqual([opted("t1", false), opted("t2", true)]);
  });

  test("does not come back when those after it are dropped, too", () => {
    const one = sent(withToken(ADA, T1));
    const two = queued(withToken(one, T2));
    const three = queued(withToken(two.identity, { address: "t3" }));

    const after = [two, three].reduce(
      (identity, { update }) => settled(identity, { push: update.registration }, "refused"),
      three.identity,
    );

    expect(after.registered).toEqual(one.registered);
    expect(wire(withToken(after, T2))).toEqual([opted("t1", false), opted("t2", true)]);
  });

  test("says nothing about a later one like it", () => {
    const first = queued(withToken(ADA, T1));
    const second = queued(withToken(first.identity, T2));
    const third = queued(withToken(second.identity, T1));

    const after = settled(third.identity, { push: first.update.registration }, "refused");
    const done = [second, third].reduce(
      (identity, { update }) => settled(identity, { push: update.registration }, "delivered"),
      after,
    );

    expect(done.registered).toEqual({ userId: "ada", token: T1, optedIn: true });
  });

  test("after reset() concerns nobody any more", () => {
    const { identity, update } = queued(withToken(ADA, T1));
    const next = sent(withToken(identified(forgotten(identity, "visitor-2"), "ada", newId), T2));

    expect(settled(next, { push: update.registration }, "refused")).toEqual(next);
    expect(settled(next, { push: update.registration }, "delivered")).toEqual(next);
  });
});

describe("a later registration that is dropped first", () => {
  test.each<[string, (identity: Identity) => Identity]>([
    ["of another token", (identity) => withToken(identity, T2)],
    ["that opts out", (identity) => withPermission(identity, false)],
    ["for another user", (identity) => withToken(identified(identity, "bob", newId), T1)],
  ])("%s leaves the earlier one under way", (_what, change) => {
    const { identity } = queued(withToken(ADA, T1));
    const later = queued(change(identity));

    const left = settled(later.identity, { push: later.update.registration }, "refused");

    expect(left.registered).toEqual(identity.registered);
  });
});

test("an identify that says nothing of the token settles nothing of it", () => {
  const { identity } = queued(withToken(ADA, T1));

  expect(settled(identity, { anonymousId: "visitor-1" }, "delivered")).toEqual({
    ...identity,
    promoted: true,
  });
});

test("a registration like the one that is settled already changes nothing", () => {
  const done = sent(withToken(ADA, T1));

  expect(settled(done, { push: { userId: "ada", token: T1, optedIn: true } }, "refused")).toEqual(done);
});

test("two that say the same of one token, and not of another, are settled each for itself", () => {
  const doubtful = sent(withToken(sent(withToken(ADA, T1)), T2), "unknown");
  const both = queued(withPermission(doubtful, false));
  const one = { userId: "ada", token: T2, optedIn: false, optsOut: ["t2"] };

  const after = settled(
    settled(both.identity, { push: one }, "delivered"),
    { push: both.update.registration },
    "refused",
  );

  expect(wire(after)).toEqual([opted("t2", false), opted("t1", false)]);
});

describe("an identify that was refused, though an earlier attempt of it may have arrived", () => {
  const registered = sent(withToken(ADA, T1));

  test("leaves it unknown which of two tokens is registered: whichever comes next, both are said", () => {
    const doubtful = sent(withToken(registered, T2), "unknown");

    expect(wire(withToken(doubtful, T1))).toEqual([opted("t2", false), opted("t1", true)]);
    expect(wire(doubtful)).toEqual([opted("t1", false), opted("t2", true)]);
  });

  test("leaves a first token to be said again, and to be opted out", () => {
    const doubtful = sent(withToken(ADA, T1), "unknown");

    expect(wire(doubtful)).toEqual([opted("t1", true)]);
    expect(wire(withConsent(doubtful, false))).toEqual([opted("t1", false)]);
  });

  test("leaves a token that was to be opted out to be said again, whatever is wanted then", () => {
    const doubtful = sent(withPermission(registered, false), "unknown");

    expect(wire(doubtful)).toEqual([opted("t1", false)]);
    expect(wire(withPermission(doubtful, true))).toEqual([opted("t1", true)]);
  });

  test("adds to what is in doubt already", () => {
    const first = sent(withToken(registered, T2), "unknown");
    const second = sent(withToken(first, { address: "t3" }), "unknown");

    expect(wire(withConsent(second, false))).toEqual(["t3", "t2", "t1"].map((token) => opted(token, false)));
  });

  test("is settled for good by the next one that is delivered", () => {
    const again = sent(sent(withToken(registered, T2), "unknown"));

    expect(pushUpdate(again)).toBeUndefined();
    expect(again.registered).toEqual({ userId: "ada", token: T2, optedIn: true });
  });

  test("of another user concerns that user's token", () => {
    const parted = sent(withToken(identified(registered, "bob", newId), T1));
    const doubtful = sent(parted, "unknown");

    expect(wire(doubtful)).toEqual([opted("t1", true)]);
    expect(pushUpdate(withConsent(doubtful, false))?.userId).toBe("bob");
  });
});

test("a token that only a refused identify would have opted out is opted out by the next", () => {
  const one = sent(withToken(ADA, T1));
  const two = queued(withToken(one, T2));
  const three = queued(withToken(two.identity, { address: "t3" }));

  const refused = settled(three.identity, { push: two.update.registration }, "refused");
  const delivered = settled(refused, { push: three.update.registration }, "delivered");

  expect(wire(delivered)).toEqual([opted("t1", false), opted("t3", true)]);
  expect(pushUpdate(sent(delivered))).toBeUndefined();
});

describe("in doubt", () => {
  test("a token of which more was said is still one token", () => {
    const known = sent(withToken(ADA, T1));
    const { identity } = queued(withToken(known, { address: "t1", kind: "fcm" }));

    expect(wire(doubted(withConsent(identity, false)))).toEqual([opted("t1", false)]);
  });

  test("nothing is registered when the only token was never delivered", () => {
    const { identity, update } = queued(withToken(ADA, T1));
    const silent = queued(withPermission(identity, false)).identity;
    const refused = settled(silent, { push: update.registration }, "refused");

    expect(doubted(refused)).not.toHaveProperty("registered");
  });
});
