import { describe, expect, test } from "vitest";
import { ADA, newId, opted, queued, sent, T1, T2, VISITOR, wire } from "../../test/identities.ts";
import {
  doubted,
  forgotten,
  type Identity,
  identified,
  parseIdentity,
  pushUpdate,
  settled,
  visitorToName,
  withConsent,
  withPermission,
  withToken,
} from "./identity.ts";

describe("the visitor", () => {
  test("becomes the user at identify(), and keeps the id until the next reset()", () => {
    const ada = identified(VISITOR, "ada", newId);

    expect(ada).toEqual({ anonymousId: "visitor-1", userId: "ada" });
    expect(identified(ada, "ada", newId)).toEqual(ada);
  });

  test("is named by every identify until one of them was delivered", () => {
    const ada = identified(VISITOR, "ada", newId);
    const dropped = settled(ada, { anonymousId: "visitor-1" }, "refused");
    const delivered = settled(ada, { anonymousId: "visitor-1" }, "delivered");

    expect(visitorToName(ada, VISITOR)).toBe("visitor-1");
    expect(visitorToName(identified(dropped, "ada", newId), dropped)).toBe("visitor-1");
    expect(visitorToName(identified(delivered, "ada", newId), delivered)).toBeUndefined();
  });

  test("who follows another user without a reset() is a new visitor, and the old one is not named", () => {
    const bob = identified({ ...ADA, promoted: true }, "bob", newId);

    expect(bob).toEqual({ anonymousId: "visitor-2", userId: "bob" });
    expect(visitorToName(bob, ADA)).toBeUndefined();
  });

  test("a late delivery for a visitor who has left says nothing about the next", () => {
    const next = forgotten(ADA, "visitor-2");

    expect(settled(next, { anonymousId: "visitor-1" }, "delivered")).toEqual(next);
  });

  test("reset() forgets user, token, visitor and registration, not what belongs to the device", () => {
    const full = sent(withToken(ADA, T1));

    expect(forgotten(full, "visitor-2")).toEqual({ anonymousId: "visitor-2" });
    expect(forgotten(withConsent(withPermission(full, false), false), "visitor-2")).toEqual({
      anonymousId: "visitor-2",
      denied: true,
      optedOut: true,
    });
  });
});

describe("the push token", () => {
  test("is kept, not sent, before there is a user; then sent under that user", () => {
    const visitor = withToken(VISITOR, T1);

    expect(pushUpdate(visitor)).toBeUndefined();
    const { update } = queued(identified(visitor, "ada", newId));
    expect(update.userId).toBe("ada");
    expect(update.registration).toEqual({ userId: "ada", token: T1, optedIn: true, optsOut: [] });
  });

  test("the same pair of user and token is sent once: while it is queued, and when it is delivered", () => {
    const { identity } = queued(withToken(ADA, T1));

    expect(pushUpdate(withToken(identity, T1))).toBeUndefined();
    expect(pushUpdate(withToken(sent(withToken(ADA, T1)), T1))).toBeUndefined();
  });

  test("is remembered across a restart", () => {
    const stored = JSON.stringify(sent(withToken(ADA, T1)));

    expect(pushUpdate(withToken(parseIdentity(stored) as Identity, T1))).toBeUndefined();
  });

  test("another token opts the old one out and itself in, in that order", () => {
    expect(wire(withToken(sent(withToken(ADA, T1)), T2))).toEqual([opted("t1", false), opted("t2", true)]);
  });

  test("more said about the same token is sent, without opting it out; less changes nothing", () => {
    const known = sent(withToken(ADA, T1));
    const more = withToken(known, { address: "t1", kind: "fcm", platform: "web", pushEnv: "production" });

    expect(wire(more)).toEqual([
      { ...opted("t1", true), kind: "fcm", platform: "web", push_env: "production" },
    ]);
    expect(pushUpdate(withToken(sent(more), T1))).toBeUndefined();
    expect(withToken(more, T2).token).toEqual(T2);
  });

  test("stays with the user it was sent for, until it is set for another: out first, then in", () => {
    const bob = identified(sent(withToken(ADA, T1)), "bob", newId);
    expect(pushUpdate(bob)).toBeUndefined();
    expect(pushUpdate(withPermission(bob, true))).toBeUndefined();

    const first = queued(withToken(bob, T1));
    expect(first.update.userId).toBe("ada");
    expect(first.update.channels).toEqual([opted("t1", false)]);
    const second = queued(first.identity);
    expect(second.update.userId).toBe("bob");
    expect(second.update.channels).toEqual([opted("t1", true)]);
    expect(pushUpdate(second.identity)).toBeUndefined();
  });

  test("after reset() it is sent again, even for the same user", () => {
    const back = identified(forgotten(sent(withToken(ADA, T1)), "visitor-2"), "ada", newId);

    expect(wire(withToken(back, T1))).toEqual([opted("t1", true)]);
  });
});

describe("notifications that are not wanted", () => {
  const registered = () => sent(withToken(ADA, T1));

  test("denied, the token is opted out once, and held until they are granted", () => {
    const denied = sent(withPermission(registered(), false));

    expect(wire(withPermission(registered(), false))).toEqual([opted("t1", false)]);
    expect(pushUpdate(withPermission(denied, false))).toBeUndefined();
    expect(pushUpdate(withToken(denied, T2))).toBeUndefined();
    expect(wire(withPermission(denied, true))).toEqual([opted("t1", true)]);
    expect(wire(withPermission(withToken(denied, T2), true))).toEqual([opted("t2", true)]);
  });

  test("denied before anything was sent, nothing is", () => {
    expect(pushUpdate(withPermission(withToken(ADA, T1), false))).toBeUndefined();
    expect(pushUpdate(withPermission(VISITOR, false))).toBeUndefined();
  });

  test("opted out, the token goes under the user it was sent for, whoever is the user now", () => {
    const bob = withConsent(identified(withPermission(registered(), false), "bob", newId), false);

    expect(pushUpdate(bob)?.userId).toBe("ada");
    expect(wire(bob)).toEqual([opted("t1", false)]);
  });

  test("an opt-out that was dropped is tried again when asked for", () => {
    const dropped = sent(withConsent(registered(), false), "refused");

    expect(wire(withConsent(dropped, false))).toEqual([opted("t1", false)]);
  });

  test("opted out while another token is under way, both go: nobody knows which one arrived", () => {
    const { identity } = queued(withToken(registered(), T2));
    const silent = doubted(withConsent(identity, false));

    expect(wire(silent)).toEqual([opted("t2", false), opted("t1", false)]);
    expect(wire(sent(silent, "refused")), "and again, when that was dropped").toEqual(wire(silent));
    expect(pushUpdate(sent(silent))).toBeUndefined();
    expect(wire(withPermission(identity, false)), "what is queued will arrive").toEqual([opted("t2", false)]);
  });

  test("opted out while an opt-out is under way, the token is opted out again: it may not have arrived", () => {
    const { identity } = queued(withPermission(registered(), false));

    expect(wire(doubted(withConsent(identity, false)))).toEqual([opted("t1", false)]);
  });

  test("opted in again at once, a token that may have arrived is registered again", () => {
    const { identity } = queued(withToken(registered(), T2));

    expect(wire(doubted(identity))).toEqual([opted("t1", false), opted("t2", true)]);
  });

  test("what is settled is not doubted", () => {
    const known = registered();
    expect(doubted(known)).toBe(known);
    expect(doubted(VISITOR)).toBe(VISITOR);
  });

  test("opting in again sends nothing: the token is registered when it is set again", () => {
    const silent = sent(withConsent(registered(), false));
    const back = withConsent(silent, true);

    expect([silent.optedOut, back.optedOut]).toEqual([true, undefined]);
    expect(pushUpdate(back)).toBeUndefined();
    expect(wire(withToken(back, T1))).toEqual([opted("t1", true)]);
  });

  test("opting in when nobody had opted out changes nothing", () => {
    expect(withConsent(registered(), true)).toEqual(registered());
  });

  test("what is opted out is an address, whatever was known of it", () => {
    const known = sent(withToken(ADA, { ...T1, kind: "fcm", platform: "web", pushEnv: "production" }));

    expect(wire(withPermission(known, false))).toEqual([opted("t1", false)]);
  });
});
