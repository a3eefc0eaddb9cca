/**
 * Who the user of a device or browser profile is (contract, section 6): pure functions of a small plain-JSON value that
 * is kept across restarts. What they return to be sent is queued by `device-client.ts`.
 */

import {
  afterSettling,
  allDoubted,
  isRegistration,
  isText,
  type PushToken,
  type Registration,
  type Settling,
  sameToken,
  wireToken,
} from "./registration.ts";

export { isRegistration, type PushToken };

export interface Identity {
  /** The visitor: a UUID made on first use, replaced by `reset()`. 1 to 128 characters. */
  readonly anonymousId: string;
  /** Set by `identify()`, forgotten by `reset()`. */
  readonly userId?: string;
  /** An identify that names the visitor was delivered: the server has moved the visitor's events to the user. */
  readonly promoted?: true;
  /** The device's token as the app gave it last. */
  readonly token?: PushToken;
  /** The device's owner does not want notifications. */
  readonly denied?: true;
  /** What the server knows of this device's token, or will once the queue is delivered. */
  readonly registered?: Registration;
  readonly optedOut?: true;
}

/** What an identify means once it is settled; queued with it, so that it is known after a restart too. */
export interface IdentifyMeaning {
  /** The visitor it names. */
  readonly anonymousId?: string;
  /** The registration it makes. */
  readonly push?: Registration;
}

/** What must be sent so that the server's knowledge of the token is true again. */
export interface PushUpdate {
  readonly userId: string;
  /** As they travel: the old token's opt-out first. */
  readonly channels: readonly object[];
  readonly registration: Registration;
}

/** The longest id the API takes. */
const MAX_ANONYMOUS_ID_LENGTH = 128;

/** The stored value; undefined when there is none or it is not one. */
export function parseIdentity(text: string | null | undefined): Identity | undefined {
  try {
    const value = JSON.parse(text as string) as Identity;
    const { anonymousId, userId, token, registered } = value;
    const valid =
      isText(anonymousId) &&
      anonymousId.length <= MAX_ANONYMOUS_ID_LENGTH &&
      (userId === undefined || isText(userId)) &&
      (token === undefined || isText(token.address)) &&
      isRegistration(registered);
    return valid ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * `userId` is the user from now on. A visitor becomes that user; whoever follows another user without a `reset()` is a
 * new visitor, `newId`, so that nothing of the one is handed to the other. The token stays registered where it is until
 * the app sets it again.
 */
export function identified(identity: Identity, userId: string, newId: () => string): Identity {
  if (identity.userId === undefined || identity.userId === userId) return { ...identity, userId };
  const { promoted: _promoted, token: _token, ...rest } = identity;
  return { ...rest, userId, anonymousId: newId() };
}

/** The visitor that an identify of the current user has to name, if any: one whose events the user does not have yet. */
export function visitorToName(
  { userId, promoted, anonymousId }: Identity,
  before: Identity,
): string | undefined {
  const sameVisitor = before.userId === undefined || before.userId === userId;
  return sameVisitor && promoted !== true ? anonymousId : undefined;
}

/** `token` is the device's. Said again with less about it, it is still the same. */
export function withToken(identity: Identity, token: PushToken): Identity {
  const { address, kind, platform, pushEnv } = token;
  const known = identity.token?.address === address ? identity.token : undefined;
  return {
    ...identity,
    token: {
      address,
      kind: kind ?? known?.kind,
      platform: platform ?? known?.platform,
      pushEnv: pushEnv ?? known?.pushEnv,
    },
  };
}

/** What `update` asks for is queued. */
export function registering(identity: Identity, { registration }: PushUpdate): Identity {
  return { ...identity, registered: { ...registration, replaces: identity.registered ?? null } };
}

/** Nobody will hear whether what is not settled yet was delivered. So all of it may be. */
export function doubted(identity: Identity): Identity {
  const { registered, ...rest } = identity;
  if (registered?.replaces === undefined) return identity;
  const left = allDoubted(registered);
  return left ? { ...rest, registered: left } : rest;
}

/** Logout: what belongs to the device stays, what belongs to the person goes. */
export function forgotten({ denied, optedOut }: Identity, newId: string): Identity {
  return { anonymousId: newId, ...(denied && { denied }), ...(optedOut && { optedOut }) };
}

/** Who opts in again has no token until the app sets it. */
export function withConsent({ optedOut: _optedOut, ...identity }: Identity, consents: boolean): Identity {
  if (consents) return identity;
  const { token: _token, ...rest } = identity;
  return { ...rest, optedOut: true };
}

export function withPermission({ denied: _denied, ...identity }: Identity, granted: boolean): Identity {
  return granted ? identity : { ...identity, denied: true };
}

/** The registration that the device's token should have, against the one it has. Undefined: nothing to send. */
export function pushUpdate({
  userId,
  token,
  denied,
  optedOut,
  registered,
}: Identity): PushUpdate | undefined {
  const old = registered?.optedIn === true ? registered : undefined;
  const tokens = old ? [old.token, ...(old.also ?? [])] : [];
  if (denied || optedOut) return old && update(old.userId, old.token, false, tokens);
  if (userId === undefined || token === undefined) return undefined;
  // Never for two people at once: the next update is this user's.
  if (old && old.userId !== userId) return update(old.userId, old.token, false, tokens);
  if (old && old.also === undefined && sameToken(old.token, token)) return undefined;
  return update(
    userId,
    token,
    true,
    tokens.filter(({ address }) => address !== token.address),
  );
}

/** Opts `out` out first, then `token` in, if it is to be. */
function update(userId: string, token: PushToken, optedIn: boolean, out: readonly PushToken[]): PushUpdate {
  const channels = out.map((one) => wireToken(one, false));
  return {
    userId,
    channels: optedIn ? [...channels, wireToken(token, true)] : channels,
    registration: { userId, token, optedIn, optsOut: out.map(({ address }) => address) },
  };
}

/**
 * An identify has left the queue. Refused, it is as if it had never been asked for, and can be tried again; unknown, it
 * may have arrived or not, and the next update says everything again.
 */
export function settled(identity: Identity, means: IdentifyMeaning, settling: Settling): Identity {
  const promoted = settling === "delivered" && means.anonymousId === identity.anonymousId;
  const { registered, ...rest } = identity;
  const left = means.push && registered ? afterSettling(registered, means.push, settling) : registered;
  return { ...rest, ...(promoted && { promoted }), ...(left && { registered: left }) };
}
