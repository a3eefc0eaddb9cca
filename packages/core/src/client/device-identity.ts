/** Whom a device's operations belong to, and what a change of that puts into the queue. What decides is `identity/`. */

import { bodyOf } from "../events/identify-body.ts";
import type { Operation } from "../events/operation.ts";
import type { Identity } from "../identity/identity.ts";
import { identityOf, setIdentity } from "../identity/identity-keeper.ts";
import { refuse } from "../loop/books.ts";
import { flush } from "../loop/flush.ts";
import { append, discard } from "../loop/queue.ts";
import type { DeviceRecord } from "./device.ts";

/** Queues what the device says now, of `identity`. */
export function appendOwn(
  client: DeviceRecord,
  operation: Operation,
  { userId }: Identity = identityOf(client),
): void {
  // Events that wait for a user stand at the end: once another page has named the user, they go before what comes now.
  if (userId !== undefined) client.device.holding?.releaseHeld(client);
  append(client, operation);
}

/** The identity changes, and with it perhaps what the server must know about the token. */
export function become(client: DeviceRecord, next: Identity): void {
  setIdentity(client, next);
  client.device.pushing?.update(client);
}

/** An identify has left the queue: what it says is now known to be so, or not, or to be in doubt. */
export function onSettled(client: DeviceRecord, operation: Operation, isDelivered: boolean): void {
  if (operation.kind !== "identify") return;
  const body = bodyOf(operation);
  const { promoted, said, ...identity } = identityOf(client);
  setIdentity(client, {
    ...identity,
    promoted: promoted || (isDelivered && body.anonymous_id === identity.anonymousId),
    said: client.device.pushing?.settled(said, body, isDelivered) ?? said,
  });
}

/** The user opted out: nothing is left of the queue, and the server may send to this device no more. */
export function silence(client: DeviceRecord): void {
  discard(client, "opted_out");
  const { said, ...identity } = identityOf(client);
  become(client, { ...identity, said: client.device.pushing?.settled(said) ?? said });
  void flush(client);
}

/** After `shutdown()`; then the call is refused. */
export function isOver(client: DeviceRecord, call: () => string): boolean {
  if (client.stopping) refuse(client, "shut_down", `${call()} came after shutdown()`);
  return client.stopping;
}
