/** Push tokens in identifies that the app makes, or that are said again. */
import { describe, expect, test } from "vitest";
import {
  ADA,
  denied,
  forgotten,
  newId,
  opted,
  queued,
  registered,
  settle,
  T1,
  T2,
  VISITOR,
  wire,
} from "../../test/identities.ts";
import { aTrack } from "../../test/operations.ts";
import type { IdentifyBody } from "../events/identify-body.ts";
import { type Identity, identified } from "./identity.ts";
import { identifying, onlyOptsOut, pushUpdate, repeatedBy, saying } from "./push-token.ts";

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
    said: saying(identity.said, repeatedBy(identity, repeated, 0)),
  });

  test("undoes what was said of a token since, which comes after it once more", () => {
    const again = repeating(registered, body("ada", opted("t1", false)));

    expect(wire(again)).toEqual([T1]);
    expect(wire(denied(again)), "nothing is registered that it would leave").toEqual([]);
  });

  test("of somebody before a reset() concerns nobody", () => {
    for (const identity of [forgotten(registered), { ...VISITOR, userId: "bob" }])
      expect(repeatedBy({ ...identity, resets: 1 }, body("ada", T1), 0)).toEqual([]);
    expect(repeatedBy({ ...VISITOR, userId: "bob" }, body("ada", T1), undefined)).toEqual([]);
  });

  test("of somebody whom another one followed without a reset() is undone as soon as that one has the token", () => {
    const bob = { ...VISITOR, userId: "bob", pushToken: T1, resets: 1 };
    const said = saying(bob.said, repeatedBy(bob, body("ada", T1), 1));
    expect(said).toEqual([{ ...T1, userId: "ada", isQueued: true }]);
    expect(pushUpdate({ ...bob, said })).toMatchObject([{ userId: "ada", opted_in: false }]);
  });

  test("of the user, or of somebody of whom something is said still, is theirs after a reset() too", () => {
    const ofAda = [{ ...T1, userId: "ada" }];
    expect(repeatedBy({ ...VISITOR, userId: "ada", resets: 1 }, body("ada", T1), 0)).toEqual(ofAda);
    const said = [{ ...T2, userId: "eve" }, ...ofAda];
    expect(repeatedBy({ ...VISITOR, userId: "bob", said, resets: 1 }, body("ada", T1), 0)).toEqual(ofAda);
  });

  test("may opt out of one token and into another", () => {
    const switched = [opted("t1", false), T2];
    expect(repeatedBy(ADA, body("ada", ...switched), 0)).toEqual(
      switched.map((one) => ({ ...one, userId: "ada" })),
    );
  });

  test("says nothing of other channels, nor of several tokens, which are the app's business", () => {
    const email = { channel: "email", address: "ada@example.com", opted_in: true };

    expect(repeatedBy(ADA, body("ada", email, T1), 0)).toEqual([{ ...T1, userId: "ada" }]);
    expect(repeatedBy(ADA, body("ada", T1, T2), 0)).toEqual([]);
    expect(repeatedBy(ADA, { external_user_id: "ada" }, 0)).toEqual([]);
  });
});
