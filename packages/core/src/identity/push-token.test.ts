import { describe, expect, test } from "vitest";
import {
  ADA,
  denied,
  doubted,
  forgotten,
  granted,
  newId,
  opted,
  optedIn,
  optedOut,
  queued,
  registered,
  sent,
  settle,
  T1,
  T2,
  T3,
  VISITOR,
  wire,
} from "../../test/identities.ts";
import { type Identity, identified, parseIdentity } from "./identity.ts";
import { pushUpdate, withToken } from "./push-token.ts";

describe("the push token", () => {
  test("is kept, not sent, before there is a user; then sent under that user", () => {
    const visitor = withToken(VISITOR, T1);

    expect(pushUpdate(visitor)).toEqual([]);
    expect(queued(identified(visitor, "ada", newId)).body).toEqual({
      external_user_id: "ada",
      channels: [T1],
    });
  });

  test("the same pair of user and token is sent once: while it is queued, and when it is delivered", () => {
    const { identity } = queued(withToken(ADA, T1));

    expect(pushUpdate(withToken(identity, T1))).toEqual([]);
    expect(pushUpdate(withToken(registered, T1))).toEqual([]);
  });

  test("is remembered across a restart", () => {
    const stored = JSON.stringify(registered);

    expect(pushUpdate(withToken(parseIdentity(stored) as Identity, T1))).toEqual([]);
  });

  test("another token opts the old one out and itself in, in that order", () => {
    expect(wire(withToken(registered, T2))).toEqual([opted("t1", false), T2]);
  });

  test("more said about the same token is sent, without opting it out; less changes nothing", () => {
    const known = { ...T1, kind: "fcm", platform: "web", push_env: "production" };
    const more = withToken(registered, known);

    expect(wire(more)).toEqual([known]);
    expect(pushUpdate(withToken(sent(more), T1))).toEqual([]);
    expect(withToken(more, T1).pushToken).toEqual(known);
    expect(withToken(more, T2).pushToken).toEqual(T2);
  });

  test("what may be left under another name goes before what is left under the user's own", () => {
    const bob = sent(withToken(identified(ADA, "bob", newId), T2));
    const moved = queued(withToken(identified(bob, "ada", newId), T1));
    const ada = queued(moved.identity);
    const both = settle(settle(ada.identity, moved.body, "refused"), ada.body, "delivered");
    const again = withToken(identified(both, "bob", newId), T3);

    const first = queued(again);
    expect(first.body).toEqual({ external_user_id: "ada", channels: [opted("t1", false)] });
    expect(queued(first.identity).body).toEqual({
      external_user_id: "bob",
      channels: [opted("t2", false), T3],
    });
  });

  test("stays with the user it was sent for, until it is set for another: out first, then in", () => {
    const bob = identified(registered, "bob", newId);
    expect(pushUpdate(bob)).toEqual([]);
    expect(pushUpdate(granted(bob))).toEqual([]);

    const first = queued(withToken(bob, T1));
    expect(first.body).toEqual({ external_user_id: "ada", channels: [opted("t1", false)] });
    const second = queued(first.identity);
    expect(second.body).toEqual({ external_user_id: "bob", channels: [T1] });
    expect(pushUpdate(second.identity)).toEqual([]);
  });

  test("after reset() it is sent again, even for the same user", () => {
    const back = identified(forgotten(registered), "ada", newId);

    expect(wire(withToken(back, T1))).toEqual([T1]);
  });
});

describe("notifications that are not wanted", () => {
  test("denied, the token is opted out once, and held until they are granted", () => {
    const silent = sent(denied(registered));

    expect(wire(denied(registered))).toEqual([opted("t1", false)]);
    expect(pushUpdate(denied(silent))).toEqual([]);
    expect(pushUpdate(withToken(silent, T2))).toEqual([]);
    expect(wire(granted(silent))).toEqual([T1]);
    expect(wire(granted(withToken(silent, T2)))).toEqual([T2]);
  });

  test("denied before anything was sent, nothing is", () => {
    expect(pushUpdate(denied(withToken(ADA, T1)))).toEqual([]);
    expect(pushUpdate(denied(VISITOR))).toEqual([]);
  });

  test("opted out, the token goes under the user it was sent for, whoever is the user now", () => {
    const bob = optedOut(identified(denied(registered), "bob", newId));

    expect(queued(bob).body).toEqual({ external_user_id: "ada", channels: [opted("t1", false)] });
  });

  test("opted out, it goes for each user who may still have it", () => {
    const out = queued(withToken(identified(registered, "bob", newId), T1));
    const { identity } = queued(out.identity);
    const both = doubted(optedOut(settle(identity, out.body, "refused")));

    const first = queued(both);
    const second = queued(first.identity);
    expect([first, second].map(({ body }) => body.external_user_id)).toEqual(["ada", "bob"]);
    expect(pushUpdate(second.identity)).toEqual([]);
  });

  test("an opt-out that was refused is tried again when asked for", () => {
    expect(wire(sent(optedOut(registered), "refused"))).toEqual([opted("t1", false)]);
  });

  test("opted out while another token is under way, both go: nobody knows which one arrived", () => {
    const { identity } = queued(withToken(registered, T2));
    const silent = doubted(optedOut(identity));

    expect(new Set(wire(silent))).toEqual(new Set([opted("t1", false), opted("t2", false)]));
    expect(wire(sent(silent, "refused")), "and again, when that was refused").toEqual(wire(silent));
    expect(pushUpdate(sent(silent))).toEqual([]);
    expect(wire(denied(identity)), "what is queued will arrive").toEqual([opted("t2", false)]);
  });

  test("opted out while an opt-out is under way, the token is opted out again: it may not have arrived", () => {
    const { identity } = queued(denied(registered));

    expect(wire(doubted(optedOut(identity)))).toEqual([opted("t1", false)]);
  });

  test("opted in again at once, a token that may have arrived is registered again", () => {
    const { identity } = queued(withToken(registered, T2));

    expect(wire(doubted(identity))).toEqual([opted("t1", false), T2]);
  });

  test("what is settled is not doubted", () => {
    expect(doubted(registered)).toEqual(registered);
    expect(doubted(VISITOR)).toEqual({ ...VISITOR, said: undefined });
  });

  test("opting in again sends nothing: the token is registered when it is set again", () => {
    const back = optedIn(sent(optedOut(registered)));

    expect(pushUpdate(back)).toEqual([]);
    expect(wire(withToken(back, T1))).toEqual([T1]);
  });

  test("what is opted out is an address, whatever was known of it", () => {
    const known = sent(withToken(ADA, { ...T1, kind: "fcm", platform: "web", push_env: "production" }));

    expect(wire(denied(known))).toEqual([opted("t1", false)]);
  });
});
