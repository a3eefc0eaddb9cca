/**
 * Who the user of a device or browser profile is (contract, section 6): pure functions of a small plain-JSON value that
 * is kept across restarts. What they return to be sent is queued by `device-client.ts`.
 */

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

export interface PushToken {
  readonly address: string;
  readonly kind?: string | undefined;
  readonly platform?: string | undefined;
  readonly pushEnv?: string | undefined;
}

export interface Registration {
  readonly userId: string;
  readonly token: PushToken;
  readonly optedIn: boolean;
}

/** What an identify means once it is settled; queued with it, so that it is known after a restart too. */
export interface IdentifyMeaning {
  /** The visitor it names. */
  readonly anonymousId?: string;
  /** The registration it makes, and the one it replaces. */
  readonly push?: readonly [made: Registration, replaced: Registration | null];
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
      (registered === undefined || (isText(registered.userId) && isText(registered.token.address)));
    return valid ? value : undefined;
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/**
 * `userId` is the user from now on. A visitor becomes that user; whoever follows another user without a `reset()` is a
 * new visitor, `newId`, so that nothing of the one is handed to the other.
 */
export function identified(identity: Identity, userId: string, newId: () => string): Identity {
  if (identity.userId === undefined || identity.userId === userId) return { ...identity, userId };
  const { promoted: _promoted, ...rest } = identity;
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

/** Logout: what belongs to the device stays, what belongs to the person goes. */
export function forgotten({ denied, optedOut }: Identity, newId: string): Identity {
  return { anonymousId: newId, ...(denied && { denied }), ...(optedOut && { optedOut }) };
}

export function withConsent({ optedOut: _optedOut, ...identity }: Identity, consents: boolean): Identity {
  return consents ? identity : { ...identity, optedOut: true };
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
  if (denied || optedOut) {
    if (old === undefined) return undefined;
    return {
      userId: old.userId,
      channels: [wireToken(old.token, false)],
      registration: { ...old, optedIn: false },
    };
  }
  if (userId === undefined || token === undefined) return undefined;
  const replaced = old?.userId === userId ? old.token : undefined;
  if (replaced !== undefined && sameToken(replaced, token)) return undefined;
  const channels = [wireToken(token, true)];
  if (replaced !== undefined && replaced.address !== token.address)
    channels.unshift(wireToken(replaced, false));
  return { userId, channels, registration: { userId, token, optedIn: true } };
}

/** An identify was delivered, or given up: then it is as if it had never been asked for, and can be tried again. */
export function settled(identity: Identity, means: IdentifyMeaning, delivered: boolean): Identity {
  if (delivered)
    return means.anonymousId === identity.anonymousId ? { ...identity, promoted: true } : identity;
  const { registered, ...rest } = identity;
  if (means.push === undefined || registered === undefined) return identity;
  const [made, replaced] = means.push;
  if (!sameRegistration(made, registered)) return identity;
  return replaced === null ? rest : { ...rest, registered: replaced };
}

function wireToken({ address, kind, platform, pushEnv }: PushToken, optedIn: boolean): object {
  return { channel: "push", address, opted_in: optedIn, kind, platform, push_env: pushEnv };
}

function sameToken(a: PushToken, b: PushToken): boolean {
  return JSON.stringify(wireToken(a, true)) === JSON.stringify(wireToken(b, true));
}

function sameRegistration(a: Registration, b: Registration): boolean {
  return a.userId === b.userId && a.optedIn === b.optedIn && sameToken(a.token, b.token);
}
