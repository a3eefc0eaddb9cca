/** Whom a device's operations belong to, and what a change of that puts into the queue. What decides is `identity/`. */

import type { Operation, TrackOperation } from "../events/operation.ts";
import { type Doubts, noteQueued, settlingOf } from "../identity/doubts.ts";
import {
  doubted,
  type Identity,
  type PushUpdate,
  pushUpdate,
  registering,
  settled,
} from "../identity/identity.ts";
import { type IdentityKeeper, identityOf, setIdentity } from "../identity/identity-keeper.ts";
import { ofOtherUsers } from "../identity/registration.ts";
import { flush } from "../loop/flush.ts";
import { append, discard, release } from "../loop/queue.ts";
import type { Client } from "./client.ts";
import type { Device } from "./device.ts";

/** A client that knows who uses its device. */
export interface DeviceRecord extends Client {
  readonly keeper: IdentityKeeper;
  readonly doubts: Doubts;
  readonly device: Device;
}

/** Queues what the device says now, of `identity`. */
export function appendOwn(
  client: DeviceRecord,
  operation: Operation,
  { userId }: Identity = identityOf(client.keeper),
): void {
  // Events that wait for a user stand at the end: once another page has named the user, they go before what comes now.
  if (userId !== undefined) releaseHeld(client);
  if (operation.kind === "identify") noteQueued(client.doubts, operation.body);
  append(client, operation);
}

export function releaseHeld(client: DeviceRecord): void {
  release(client, (event) => claimed(identityOf(client.keeper), event));
}

/** A held event, once its visitor is a user; undefined when `reset()` has parted the two. */
export function claimed(
  { userId, anonymousId }: Identity,
  event: TrackOperation,
): TrackOperation | undefined {
  if (event.anonymousId !== anonymousId) return undefined;
  if (userId === undefined) return event;
  const { held: _held, anonymousId: _visitor, ...rest } = event;
  return { ...rest, userId };
}

/** The identity changes, and with it perhaps what the server must know about the token. */
export function become(client: DeviceRecord, next: Identity): void {
  setIdentity(client.keeper, next);
  // The first may have been about the user before, the second is about this one.
  if (updateToken(client)) updateToken(client);
}

function updateToken(client: DeviceRecord): boolean {
  const identity = identityOf(client.keeper);
  const update = pushUpdate(identity);
  if (update === undefined) return false;
  setIdentity(client.keeper, registering(identity, update));
  appendUpdate(client, update);
  return true;
}

function appendUpdate(client: DeviceRecord, { userId, channels, registration }: PushUpdate): void {
  const body = JSON.stringify({ external_user_id: userId, channels });
  appendOwn(client, { kind: "identify", body, means: { push: registration } });
}

/** What it meant is now known to be so, or not, or to be in doubt. */
export function onSettled(client: DeviceRecord, operation: Operation, isDelivered: boolean): void {
  if (operation.kind !== "identify" || operation.means === undefined) return;
  const settling = settlingOf(client.doubts, operation.body, isDelivered);
  setIdentity(client.keeper, settled(identityOf(client.keeper), operation.means, settling));
}

/** The user opted out: nothing is left of the queue, and the server may send to this device no more. */
export function silence(client: DeviceRecord): void {
  const others = ofOtherUsers(identityOf(client.keeper).registered);
  discard(client, "opted_out");
  become(client, doubted(identityOf(client.keeper)));
  for (const registered of others) {
    const update = pushUpdate({ ...identityOf(client.keeper), registered });
    if (update) appendUpdate(client, update);
  }
  void flush(client);
}
