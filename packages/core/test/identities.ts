/** A visitor, a user and their tokens, and what becomes of their identity. */
import {
  type Identity,
  type PushUpdate,
  pushUpdate,
  registering,
  settled,
} from "../src/identity/identity.ts";
import type { Settling } from "../src/identity/registration.ts";

export const VISITOR: Identity = { anonymousId: "visitor-1" };
export const ADA: Identity = { ...VISITOR, userId: "ada" };
export const newId = () => "visitor-2";
export const T1 = { address: "t1" };
export const T2 = { address: "t2" };

/** What must be sent is queued. Fails when there is nothing to send. */
export function queued(identity: Identity): { readonly identity: Identity; readonly update: PushUpdate } {
  const update = pushUpdate(identity);
  if (update === undefined) throw new Error("nothing to send");
  return { identity: registering(identity, update), update };
}

/** Queued and then settled. */
export function sent(identity: Identity, settling: Settling = "delivered"): Identity {
  const { identity: next, update } = queued(identity);
  return settled(next, { push: update.registration }, settling);
}

/** Of the push update that is due, the channels as they travel. */
export const wire = (identity: Identity) =>
  pushUpdate(identity)?.channels.map((channel) => JSON.parse(JSON.stringify(channel)) as object);
/** A channel as it travels. */
export const opted = (address: string, opted_in: boolean) => ({ channel: "push", address, opted_in });
