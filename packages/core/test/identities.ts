/** A visitor, a user and their tokens, and what becomes of what is said of them. */
import type { IdentifyBody, WireChannel } from "../src/events/identify-body.ts";
import type { Identity } from "../src/identity/identity.ts";
import { carriedBy, channelsOf, pushUpdate, saying, settled, withToken } from "../src/identity/push-token.ts";

export const VISITOR: Identity = { anonymousId: "visitor-1" };
export const ADA: Identity = { ...VISITOR, userId: "ada" };
export const newId = () => "visitor-2";

/** A channel as it travels. */
export const opted = (address: string, opted_in: boolean): WireChannel => ({
  channel: "push",
  address,
  opted_in,
});
export const T1 = opted("t1", true);
export const T2 = opted("t2", true);
export const T3 = opted("t3", true);

/** What the client makes of an identity when the app says so. */
export const denied = (identity: Identity): Identity => ({ ...identity, denied: true });
export const granted = (identity: Identity): Identity => ({ ...identity, denied: false });
export const optedOut = (identity: Identity): Identity => ({
  ...identity,
  optedOut: true,
  pushToken: undefined,
});
export const optedIn = (identity: Identity): Identity => ({ ...identity, optedOut: undefined });
export const forgotten = ({ denied, optedOut }: Identity): Identity => ({
  anonymousId: "visitor-2",
  denied,
  optedOut,
});

/** What must be said is queued. Fails when there is nothing to say. */
export function queued(identity: Identity): { readonly identity: Identity; readonly body: IdentifyBody } {
  const news = pushUpdate(identity);
  const userId = news[0]?.userId;
  if (userId === undefined) throw new Error("nothing to say");
  return {
    identity: { ...identity, said: saying(identity.said, news) },
    body: { external_user_id: userId, channels: channelsOf(news) },
  };
}

/** How an identify leaves the queue. Unknown: its repetition was refused, and an attempt before that had no answer. */
export type Settling = "delivered" | "refused" | "unknown";

export function settle(identity: Identity, body: IdentifyBody, settling: Settling): Identity {
  const { said } = settling === "unknown" ? unheard(identity, body) : identity;
  return { ...identity, said: settled(said, body, settling === "delivered") };
}

/** An attempt had no answer. */
export function unheard(identity: Identity, body: IdentifyBody): Identity {
  const copy = structuredClone(identity);
  for (const one of carriedBy(copy.said, body)) one.inDoubt = true;
  return copy;
}

/** Everything has left the queue, and nobody hears how. */
export const doubted = (identity: Identity): Identity => ({ ...identity, said: settled(identity.said) });

/** Queued and then settled. */
export function sent(identity: Identity, settling: Settling = "delivered"): Identity {
  const { identity: next, body } = queued(identity);
  return settle(next, body, settling);
}

/** Of a user to whom a token was registered. */
export const registered = sent(withToken(ADA, T1));

/** What must be said now, as it travels. */
export const wire = (identity: Identity) =>
  channelsOf(pushUpdate(identity)).map((channel) => JSON.parse(JSON.stringify(channel)) as object);
