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
  type Settling,
  sent,
  settle,
  T1,
  T2,
  T3,
  unheard,
  VISITOR,
  wire,
} from "../../test/identities.ts";
import { aTrack } from "../../test/operations.ts";
import type { IdentifyBody } from "../events/identify-body.ts";
import { type Identity, identified, parseIdentity } from "./identity.ts";
import {
  identifying,
  missing,
  onlyOptsOut,
  pushUpdate,
  repeatedBy,
  saying,
  settled,
  withToken,
} from "./push-token.ts";

/** Of a user to whom a token was registered. */
const registered = sent(withToken(ADA, T1));

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

describe("a registration that is refused", () => {
  test("is forgotten, and sent when asked for again", () => {
    const refused = sent(withToken(ADA, T1), "refused");

    expect(refused.said).toBeUndefined();
    expect(wire(withToken(refused, T1))).toEqual([T1]);
  });

  test("leaves the one it was to replace registered", () => {
    const refused = sent(withToken(registered, T2), "refused");

    expect(pushUpdate(withToken(refused, T1))).toEqual([]);
    expect(wire(refused)).toEqual([opted("t1", false), T2]);
  });

  test("does not come back when those after it are refused, too", () => {
    const two = queued(withToken(registered, T2));
    const three = queued(withToken(two.identity, T3));
    const after = [two, three].reduce((left, { body }) => settle(left, body, "refused"), three.identity);

    expect(after.said).toEqual(registered.said);
    expect(wire(withToken(after, T2))).toEqual([opted("t1", false), T2]);
  });

  test("says nothing about a later one like it", () => {
    const first = queued(withToken(ADA, T1));
    const second = queued(withToken(first.identity, T2));
    const third = queued(withToken(second.identity, T1));
    const after = settle(third.identity, first.body, "refused");
    const done = [second, third].reduce((left, { body }) => settle(left, body, "delivered"), after);

    expect(done.said).toMatchObject([{ userId: "ada", ...T1, isQueued: false, inDoubt: false }]);
  });

  test("after reset() concerns nobody any more", () => {
    const { identity, body } = queued(withToken(ADA, T1));
    const next = sent(withToken(identified(forgotten(identity), "ada", newId), T2));

    expect(settle(next, body, "refused")).toEqual(next);
    expect(settle(next, body, "delivered")).toEqual(next);
  });

  test.each<[string, (identity: Identity) => Identity]>([
    ["of another token", (identity) => withToken(identity, T2)],
    ["that opts out", denied],
  ])("a later one %s leaves the earlier one under way", (_what, change) => {
    const { identity } = queued(withToken(ADA, T1));
    const later = queued(change(identity));

    expect(settle(later.identity, later.body, "refused").said).toEqual(identity.said);
  });

  test("settles nothing of a token when it says nothing of it, or was settled already", () => {
    const { identity, body } = queued(withToken(ADA, T1));
    const others: IdentifyBody[] = [
      { external_user_id: "ada", anonymous_id: "visitor-1" },
      { external_user_id: "bob", channels: [T1] },
      { external_user_id: "ada", channels: [T2, opted("t1", false), { ...T1, channel: "email" }] },
    ];

    for (const other of others) expect(settle(identity, other, "delivered").said).toEqual(identity.said);
    expect(settle(registered, body, "refused").said).toEqual(registered.said);
  });
});

test("a token that only a refused identify would have opted out is opted out by the next", () => {
  const two = queued(withToken(registered, T2));
  const three = queued(withToken(two.identity, T3));
  const refused = settle(three.identity, two.body, "refused");
  const delivered = settle(refused, three.body, "delivered");

  expect(wire(delivered)).toEqual([opted("t1", false)]);
  expect(pushUpdate(sent(delivered))).toEqual([]);
});

test("of two pages, the later one's identify may be delivered first: what the earlier one says still comes", () => {
  const one = queued(withToken(ADA, T1));
  const two = queued(withToken(one.identity, T2));
  const overtaken = settle(two.identity, two.body, "delivered");
  const after = settle(overtaken, one.body, "delivered");

  expect(wire(after), "and is put right by the next").toEqual([opted("t1", false)]);
});

describe("an identify that was refused, though an earlier attempt of it may have arrived", () => {
  test("leaves it unknown which of two tokens is registered: whichever comes next, both are said", () => {
    const doubtful = sent(withToken(registered, T2), "unknown");

    expect(wire(withToken(doubtful, T1))).toEqual([opted("t2", false), T1]);
    expect(wire(doubtful)).toEqual([opted("t1", false), T2]);
  });

  test("leaves a first token to be said again, and to be opted out", () => {
    const doubtful = sent(withToken(ADA, T1), "unknown");

    expect(wire(doubtful)).toEqual([T1]);
    expect(wire(optedOut(doubtful))).toEqual([opted("t1", false)]);
  });

  test("leaves a token that was to be opted out to be said again, whatever is wanted then", () => {
    const doubtful = sent(denied(registered), "unknown");

    expect(wire(doubtful)).toEqual([opted("t1", false)]);
    expect(wire(granted(doubtful))).toEqual([T1]);
  });

  test("adds to what is in doubt already", () => {
    const first = sent(withToken(registered, T2), "unknown");
    const second = sent(withToken(first, T3), "unknown");

    const out = ["t1", "t2", "t3"].map((token) => opted(token, false));
    expect(new Set(wire(optedOut(second)))).toEqual(new Set(out));
  });

  test("is settled for good by the next one that is delivered", () => {
    const again = sent(sent(withToken(registered, T2), "unknown"));

    expect(pushUpdate(again)).toEqual([]);
    expect(again.said).toMatchObject([{ userId: "ada", ...T2, inDoubt: false }]);
  });

  test("of another user concerns that user's token", () => {
    const parted = sent(withToken(identified(registered, "bob", newId), T1));
    const doubtful = sent(parted, "unknown");

    expect(wire(doubtful)).toEqual([T1]);
    expect(queued(optedOut(doubtful)).body.external_user_id).toBe("bob");
  });

  test("is still queued until then: nothing is said again", () => {
    const { identity, body } = queued(withToken(registered, T2));

    expect(pushUpdate(unheard(identity, body))).toEqual([]);
  });
});

test("what was said is forgotten in the end when nobody ever hears of it", () => {
  let identity = ADA;
  for (let i = 0; i < 200; i++) identity = queued(withToken(identity, opted(`t${i}`, true))).identity;

  expect(identity.said).toHaveLength(100);
  expect(wire(withToken(identity, T1))).toEqual([opted("t199", false), T1]);
});

describe("in doubt", () => {
  test("a token of which more was said is still one token", () => {
    const { identity } = queued(withToken(registered, { ...T1, kind: "fcm" }));

    expect(wire(doubted(optedOut(identity)))).toEqual([opted("t1", false)]);
  });

  test("nothing is registered when the only token was never delivered", () => {
    const { identity, body } = queued(withToken(ADA, T1));
    const silent = queued(denied(identity)).identity;

    expect(doubted(settle(silent, body, "refused")).said).toBeUndefined();
  });
});

test("however identifies are settled, the server knows in the end what is wanted", () => {
  const settlings: readonly Settling[] = ["delivered", "refused", "unknown"];
  const changes: readonly ((identity: Identity) => Identity)[] = [
    (identity) => withToken(identity, T1),
    (identity) => withToken(identity, T2),
    denied,
    granted,
    (identity) => identified(identity, "bob", newId),
    (identity) => identified(identity, "ada", newId),
  ];
  /** A life: what is changed, and of every identify whether it arrived, and what was heard of it. */
  for (const life of sequences(changes, 3)) {
    for (const [first, second] of sequences(settlings, 2)) {
      for (const arrives of [true, false]) {
        const server = new Map<string, boolean>();
        let left = [first, second];
        let identity = ADA;
        const say = (settling: Settling) => {
          const { identity: next, body } = queued(identity);
          const accepted = settling === "delivered" || (settling === "unknown" && arrives);
          for (const { address, opted_in } of accepted ? (body.channels ?? []) : [])
            server.set(`${body.external_user_id} ${address}`, opted_in);
          identity = settle(next, body, settling);
        };
        for (const change of life) {
          identity = change(identity);
          for (; left.length > 0 && pushUpdate(identity).length > 0; left = left.slice(1))
            say(left[0] as Settling);
        }
        for (let i = 0; pushUpdate(identity).length > 0; i++) {
          expect(i, "there is an end to it").toBeLessThan(4);
          say("delivered");
        }
        const { userId, pushToken, denied: isDenied } = identity;
        if (isDenied || pushToken) {
          const wanted = isDenied ? [] : [`${userId} ${pushToken?.address}`];
          expect([...server].filter(([, isIn]) => isIn).map(([pair]) => pair)).toEqual(wanted);
        }
      }
    }
  }
});

function sequences<T>(of: readonly T[], length: number): readonly (readonly T[])[] {
  if (length === 0) return [[]];
  return sequences(of, length - 1).flatMap((rest) => of.map((one) => [...rest, one]));
}

describe("an identify of the app's", () => {
  /** What travels, and who the user is then. */
  function identify(channels: IdentifyBody["channels"], before = ADA) {
    const body: IdentifyBody = { external_user_id: "ada", channels };
    const identity = identifying(before, body);
    return { body: JSON.parse(JSON.stringify(body)) as IdentifyBody, identity };
  }
  const EMAIL = { channel: "email", address: "ada@example.com", opted_in: true };

  test("carries the news about the token behind the app's own channels", () => {
    const { body, identity } = identify([EMAIL, T2], registered);

    expect(body.channels).toEqual([EMAIL, opted("t1", false), T2]);
    expect(pushUpdate(identity)).toEqual([]);
    expect(settle(identity, body, "refused").said).toEqual(registered.said);
  });

  test("leaves out a token that is no news, and it is the device's all the same", () => {
    const { body, identity } = identify([T1], registered);

    expect(body).toEqual({ external_user_id: "ada" });
    expect(identity.pushToken).toEqual(T1);
  });

  test("carries all that was said of the token", () => {
    const token = { ...T1, kind: "fcm", verified: true };

    expect(identify([token]).body.channels).toEqual([token]);
  });

  test.each([
    ["several", [T1, T2]],
    ["one that is opted out", [opted("t1", false)]],
  ])("leaves push channels alone that are the app's business: %s", (_what, channels) => {
    const { body, identity } = identify(channels);

    expect(body.channels).toEqual(channels);
    expect(identity.pushToken).toBeUndefined();
  });

  test("says nothing of a token that is another user's before: that comes first", () => {
    const bob = { ...identified(registered, "bob", newId) };
    const { body, identity } = identify([EMAIL, T1], bob);

    expect(body.channels).toEqual([EMAIL]);
    expect(queued(identity).body.external_user_id).toBe("ada");
  });

  test("without channels has none", () => {
    expect(identify(undefined).body).toEqual({ external_user_id: "ada" });
  });
});

test("only an identify that does nothing else opts out", () => {
  const out = { external_user_id: "ada", channels: [opted("t1", false), opted("t2", false)] };
  const optsOut = (body: object) => onlyOptsOut({ kind: "identify", body: JSON.stringify(body) });

  expect(optsOut(out)).toBe(true);
  for (const more of [
    { channels: undefined },
    { channels: undefined, traits: {} },
    { channels: [opted("t1", false), T2] },
    { channels: [{ ...opted("ada@example.com", false), channel: "email" }] },
    { traits: {} },
    { anonymous_id: "v" },
  ])
    expect(optsOut({ ...out, ...more })).toBeFalsy();
  expect(onlyOptsOut(aTrack())).toBe(false);
});

describe("an identify that is said again", () => {
  const body = (user: string, ...channels: IdentifyBody["channels"] & object): IdentifyBody => ({
    external_user_id: user,
    channels,
  });
  const repeating = (identity: Identity, repeated: IdentifyBody): Identity => ({
    ...identity,
    said: saying(identity.said, repeatedBy(identity, repeated)),
  });

  test("undoes what was said of a token since, which comes after it once more", () => {
    const again = repeating(registered, body("ada", opted("t1", false)));

    expect(wire(again)).toEqual([T1]);
    expect(wire(denied(again)), "nothing is registered that it would leave").toEqual([]);
  });

  test("of somebody else concerns nobody", () => {
    for (const identity of [forgotten(registered), { ...VISITOR, userId: "bob" }])
      expect(repeatedBy(identity, body("ada", T1))).toEqual([]);
  });

  test("says nothing of other channels, nor of several tokens, which are the app's business", () => {
    const email = { channel: "email", address: "ada@example.com", opted_in: true };

    expect(repeatedBy(ADA, body("ada", email, T1))).toEqual([{ ...T1, userId: "ada" }]);
    expect(repeatedBy(ADA, body("ada", T1, T2))).toEqual([]);
    expect(repeatedBy(ADA, { external_user_id: "ada" })).toEqual([]);
  });
});

describe("what is noted as queued", () => {
  const { identity, body } = queued(withToken(ADA, T1));

  test("is missing where no identify that waits says it", () => {
    expect(missing(identity.said, [body])).toEqual([]);
    expect(missing(identity.said, [])).toMatchObject([{ address: "t1", opted_in: true }]);
    expect(missing(registered.said, []), "it was delivered").toEqual([]);
    expect(missing(undefined, [body])).toEqual([]);
  });

  test("is missing once where it was said twice and waits once", () => {
    const twice = saying(identity.said, [{ ...T1, userId: "ada" }]);

    expect(missing(twice, [body])).toHaveLength(1);
    expect(missing(twice, [body, body])).toEqual([]);
  });

  test("and is missing may be registered all the same: it is said again, and nothing else is", () => {
    const gone = missing(identity.said, []);
    const next = { ...identity, said: settled(identity.said, undefined, false, gone) };

    expect(wire(next)).toEqual([T1]);
    expect(settled(saying(registered.said, [{ ...T2, userId: "ada" }]), undefined, false, [])).toMatchObject([
      { address: "t1" },
      { address: "t2", isQueued: true },
    ]);
  });
});
