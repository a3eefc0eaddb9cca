/**
 * The device's push token (contract, section 6). Pure functions over a list of statements: what was said of tokens to the
 * server, by an identify that is queued, or was delivered, or may have been. What was refused was never said. Doubt is
 * not resolved by guessing: whatever may be registered is said again.
 */
import { bodyOf, type IdentifyBody, type WireChannel } from "../events/identify-body.ts";
import { isIdentify, type Operation } from "../events/operation.ts";
import type { Identity } from "./identity.ts";

/** A push channel as an identify of the user carries it. Of one token and user, at most one is settled. */
export interface Statement extends WireChannel {
  readonly userId: string;
  /** Not there yet, but it will be. */
  readonly isQueued?: boolean | undefined;
  /**
   * Queued: an attempt had no answer, or was another page's; it may have arrived, whatever the next answer is. Later: nobody
   * knows whether the token is registered.
   */
  inDoubt?: boolean | undefined;
}

type Statements = readonly Statement[];

/** `token` is the device's. Said again with less about it, it is still the same. */
export function withToken(identity: Identity, token: WireChannel): Identity {
  const { pushToken } = identity;
  const known = pushToken?.address === token.address && pushToken;
  return { ...identity, pushToken: { ...known, ...token } };
}

/**
 * What must be said now so that the server's knowledge is true again: by one user, opt-outs first. Other users' come before
 * the current one's, so that a token is never two people's at once.
 */
export function pushUpdate({ userId, pushToken, denied, optedOut, said = [] }: Identity): Statements {
  const isUnwanted = denied || optedOut;
  const wanted = !isUnwanted && userId !== undefined && pushToken && { ...pushToken, userId };
  if (!isUnwanted && !wanted) return [];
  const latest = new Map(said.map((one) => [pairOf(one), one]));
  const known = wanted && latest.get(pairOf(wanted));
  if (known) latest.delete(pairOf(known));
  const news: Statement[] = [...latest.values()].filter((one) => one.opted_in).map(optingOut);
  const isKnown = known && (known.isQueued || !known.inDoubt) && says(known, wanted);
  if (wanted && !isKnown) news.push(wanted);
  const other = news.find((one) => one.userId !== userId);
  return news.filter((one) => one.userId === (other ?? one).userId);
}

/** More than any device needs; only identifies that are lost without a trace leave statements behind. */
const MAX_STATEMENTS = 100;

/** None is no list: where storage is full, an identity is written only if it is no longer than the one before. */
const listOf = (said: Statements): Statements | undefined => (said.length > 0 ? said : undefined);

/** `news` are queued. */
export const saying = (said: Statements = [], news: Statements): Statements | undefined =>
  listOf([...said, ...news.map((one) => ({ ...one, isQueued: true }))].slice(-MAX_STATEMENTS));

/**
 * `body` identifies the user of `identity`, and says what is news of the device's token: the one push channel that is to be
 * opted in. Where there are several they are the app's business, like one that is opted out.
 */
export function identifying(identity: Identity, body: IdentifyBody): Identity {
  const { channels = [] } = body;
  const [first, ...more] = channels.filter(({ channel, opted_in }) => channel === "push" && opted_in);
  const own = more.length > 0 ? undefined : first;
  const next = own ? withToken(identity, own) : identity;
  // What is to be said of another user's token comes first, in an identify of that user.
  const news = pushUpdate(next).filter((one) => one.userId === next.userId);
  const all = [...channels.filter((channel) => channel !== own), ...channelsOf(news)];
  body.channels = all.length > 0 ? all : undefined;
  return { ...next, said: saying(next.said, news) };
}

export const channelsOf = (news: Statements): WireChannel[] =>
  news.map(({ userId: _user, ...channel }) => channel);

/**
 * The identify has left the queue. Refused, it is as if nothing of it had ever been said; unless it may have arrived after
 * all. Without one: everything has left, or `gone` has, and nobody will hear what becomes of it.
 */
export function settled(
  said: Statements = [],
  body?: IdentifyBody,
  isDelivered = false,
  gone: Statements = carriedBy(said, body),
): Statements | undefined {
  let left = said;
  for (const one of gone) {
    const inDoubt = !isDelivered && (one.inDoubt || !body);
    const mayHold = isDelivered || inDoubt;
    const before = left.find((other) => mayHold && !other.isQueued && pairOf(other) === pairOf(one));
    // In doubt, a token that was opted out may still be registered as before.
    const holds = one.opted_in ? mayHold && one : inDoubt && before;
    left = left.flatMap((other) => {
      if (other === holds) return { ...other, isQueued: false, inDoubt };
      return other === one || other === before ? [] : other;
    });
  }
  return listOf(left);
}

/** It does nothing but opt tokens out: what a device that is opted out still has to say. */
export function onlyOptsOut(operation: Operation): boolean | undefined {
  if (!isIdentify(operation)) return false;
  const body = bodyOf(operation);
  const isOptOut = ({ channel, opted_in }: WireChannel) => channel === "push" && !opted_in;
  // Beside the user, nothing but channels.
  return Object.keys(body).length === 2 && body.channels?.every(isOptOut);
}

/** Of what is queued, that which the identify says. Its other channels are the app's own business. */
export function carriedBy(said: Statements = [], body?: IdentifyBody): Statement[] {
  const queued = said.filter((one) => one.isQueued);
  if (!body) return queued;
  const { external_user_id: userId, channels = [] } = body;
  return channels.flatMap((channel) => queued.find((one) => says(one, { ...channel, userId })) ?? []);
}

/**
 * What an identify that is said again says of the device's token. Several that are opted in are the app's business, and after a
 * `reset()` nothing that was said before it is the next person's. `resets`: as many there had been when it was called.
 */
export function repeatedBy(
  identity: Identity,
  { external_user_id: userId, channels = [] }: IdentifyBody,
  resets: number | undefined,
): Statement[] {
  const tokens = channels.filter(({ channel }) => channel === "push");
  const isKnown = [identity, ...(identity.said ?? [])].some((one) => one.userId === userId);
  const isOwn =
    (isKnown || resets === (identity.resets ?? 0)) && !tokens.filter(({ opted_in }) => opted_in)[1];
  return isOwn ? tokens.map((one) => ({ ...one, userId })) : [];
}

/** Of what should be queued, that which none of these says, though they are all there are: a page died between two lines. */
export function missing(said: Statements | undefined, bodies: readonly IdentifyBody[]): Statements {
  let left = carriedBy(said);
  for (const body of bodies) {
    const there = carriedBy(left, body);
    left = left.filter((one) => !there.includes(one));
  }
  return left;
}

/** A token, and a user. */
const pairOf = ({ userId, address }: Statement): string => JSON.stringify([userId, address]);

/** All that `other` says, and perhaps more. */
const says = (one: Statement, other: Statement): boolean =>
  Object.entries(other).every(([name, value]) => one[name as keyof Statement] === value);

/** Opted out, a token is its address and nothing else. */
const optingOut = ({ userId, channel, address }: Statement): Statement => ({
  userId,
  channel,
  address,
  opted_in: false,
});
