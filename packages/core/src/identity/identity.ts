/**
 * Who the user of a device or browser profile is (contract, section 6): a small plain-JSON record that is kept across
 * restarts. What is known of the device's push token is part of it; see `push-token.ts`.
 */
import { attempt } from "../attempt.ts";
import type { WireChannel } from "../events/identify-body.ts";
import { isText } from "../events/snapshot.ts";
import type { Statement } from "./push-token.ts";

export interface Identity {
  /** The visitor: a UUID made on first use, replaced by `reset()`. 1 to 128 characters; empty where an opt-out was stored. */
  readonly anonymousId: string;
  /** Set by `identify()`, forgotten by `reset()`. */
  readonly userId?: string | undefined;
  /** The server has moved the visitor's events to the user, or there are none. */
  readonly promoted?: boolean | undefined;
  readonly optedOut?: boolean | undefined;
  /** The device's token as the app gave it last: a channel that is opted in. */
  readonly pushToken?: WireChannel | undefined;
  /** The device's owner does not want notifications. */
  readonly denied?: boolean | undefined;
  /** How often `reset()` was called. */
  readonly resets?: number | undefined;
  /** What the server may know of this device's tokens. */
  readonly said?: readonly Statement[] | undefined;
}

/** The longest id the API takes. */
const MAX_ANONYMOUS_ID_LENGTH = 128;

/** The stored value; undefined when there is none or it is not one. */
export function parseIdentity(text: string | null | undefined): Identity | undefined {
  return attempt(() => {
    const stored = JSON.parse(text as string) as Identity;
    const value = stored.optedOut ? optedOut(stored) : stored;
    const { anonymousId, userId = "-", pushToken = { address: "-" }, said = [] } = value;
    const texts = [
      anonymousId,
      userId,
      pushToken.address,
      ...said.flatMap((one) => [one.userId, one.address]),
    ];
    if (value.optedOut) texts.shift();
    return texts.every(isText) && anonymousId.length <= MAX_ANONYMOUS_ID_LENGTH ? value : undefined;
  });
}

/** What is stored of a user who opted out: that, and what is still to be said of the device's tokens. */
export const optedOut = ({ denied, said }: Identity): Identity => ({
  anonymousId: "",
  optedOut: true,
  denied,
  said,
});

/**
 * `userId` is the user from now on. A visitor becomes that user; whoever follows another user without a `reset()` is a
 * new visitor, without events, so that nothing of the one is handed to the other. The token stays registered where it is
 * until the app sets it again.
 */
export function identified(identity: Identity, userId: string, newId: () => string): Identity {
  const follows = (identity.userId ?? userId) !== userId;
  const next = follows && { anonymousId: newId(), promoted: true, pushToken: undefined };
  return { ...identity, userId, ...next };
}
