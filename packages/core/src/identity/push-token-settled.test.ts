/** What is known of a push token once the identifies that said it are settled, as delivered, refused, or neither. */
import { describe, expect, test } from "vitest";
import {
  ADA,
  denied,
  doubted,
  forgotten,
  granted,
  newId,
  opted,
  optedOut,
  queued,
  registered,
  type Settling,
  sent,
  settle,
  T1,
  T2,
  T3,
  unheard,
  wire,
} from "../../test/identities.ts";
import type { IdentifyBody } from "../events/identify-body.ts";
import { type Identity, identified } from "./identity.ts";
import { missing, pushUpdate, saying, settled, withToken } from "./push-token.ts";

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
