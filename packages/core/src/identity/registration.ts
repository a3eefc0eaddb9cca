/**
 * What the server knows of a device's push token. Identifies that change it are queued, and settled one after the other:
 * delivered, refused, or in doubt. Doubt is never resolved by guessing: whatever may be registered is said again.
 */

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
  /** Until it is settled: what was registered before it, which counts again if it is refused. */
  readonly replaces?: Registration | null;
  /** Until it is settled: addresses that the identify opts out. Undefined in what older versions stored: all there were. */
  readonly optsOut?: readonly string[];
  /** In doubt: other tokens of the user's that may be registered, and it is not certain that `token` is. */
  readonly also?: readonly PushToken[];
}

/**
 * How an identify left the queue. `unknown`: the last answer refused it, or nobody waits for one any more, but an earlier
 * attempt had no answer at all and may have arrived.
 */
export type Settling = "delivered" | "refused" | "unknown";

/** Or none. Throws for what is far from one. */
export function isRegistration(value: Registration | null | undefined): boolean {
  if (value === undefined || value === null) return true;
  const tokens = [value.token, ...(value.also ?? [])];
  const texts = [value.userId, ...tokens.map(({ address }) => address), ...(value.optsOut ?? [])];
  return texts.every(isText) && isRegistration(value.replaces);
}

export function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** What is registered by `latest`, and those it replaces, once the oldest of them that is like `made` is settled. */
export function afterSettling(
  latest: Registration,
  made: Registration,
  settling: Settling,
): Registration | null {
  const { replaces } = latest;
  if (replaces === undefined) return latest;
  const before = replaces && afterSettling(replaces, made, settling);
  if (before !== replaces) return { ...latest, replaces: before };
  if (!sameRegistration(latest, made)) return latest;
  if (settling === "refused") return replaces;
  return settling === "delivered" ? delivered(latest) : allDoubted(latest);
}

/** Nobody will hear what becomes of `latest` and of those it replaces. */
export function allDoubted(latest: Registration): Registration | null {
  return inDoubt(latest.userId, tokensOptedIn(latest, latest.userId));
}

/** What the identify does not opt out, because it was refused later, may be registered beside what it opts in. */
function delivered({ userId, token, optedIn, replaces, optsOut }: Registration): Registration {
  const left = tokensOptedIn(replaces, userId).filter(
    ({ address }) => optsOut !== undefined && address !== token.address && !optsOut.includes(address),
  );
  if (left.length === 0) return { userId, token, optedIn };
  return inDoubt(userId, optedIn ? [token, ...left] : left) as Registration;
}

/** Any of them may be registered. */
function inDoubt(userId: string, [token, ...also]: readonly PushToken[]): Registration | null {
  return token === undefined ? null : { userId, token, optedIn: true, also };
}

/** Tokens that `latest` and those it replaces may have opted in for this user, the latest first. */
export function tokensOptedIn(latest: Registration | null | undefined, userId: string): readonly PushToken[] {
  if (latest?.userId !== userId) return [];
  const { token, optedIn, also = [], replaces } = latest;
  const own = optedIn ? [token, ...also] : [];
  const addresses = own.map(({ address }) => address);
  const older = tokensOptedIn(replaces, userId).filter(({ address }) => !addresses.includes(address));
  return [...own, ...older];
}

/** Registrations of other users than the latest one's that may still hold, until the queue is delivered. */
export function ofOtherUsers(latest: Registration | undefined): readonly Registration[] {
  const found: Registration[] = [];
  for (let older = latest?.replaces; older; older = older.replaces) {
    const { userId } = older;
    if (userId === latest?.userId || found.some((one) => one.userId === userId)) continue;
    const doubtful = allDoubted(older);
    if (doubtful) found.push(doubtful);
  }
  return found;
}

/** Opted out, a token is its address and nothing else. */
export function wireToken({ address, kind, platform, pushEnv }: PushToken, optedIn: boolean): object {
  const channel = { channel: "push", address, opted_in: optedIn };
  return optedIn ? { ...channel, kind, platform, push_env: pushEnv } : channel;
}

export function sameToken(a: PushToken, b: PushToken): boolean {
  return JSON.stringify(wireToken(a, true)) === JSON.stringify(wireToken(b, true));
}

function sameRegistration(a: Registration, b: Registration): boolean {
  return (
    a.userId === b.userId &&
    a.optedIn === b.optedIn &&
    sameToken(a.token, b.token) &&
    String(a.optsOut) === String(b.optsOut)
  );
}
