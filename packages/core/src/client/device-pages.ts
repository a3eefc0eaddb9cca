/** What other pages of the same device have left behind or changed. */
import type { DropReason } from "../errors.ts";
import type { IdentifyBody } from "../events/identify-body.ts";
import type { Operation } from "../events/operation.ts";
import { hearIdentity, identityOf } from "../identity/identity-keeper.ts";
import { read } from "../loop/books.ts";
import { parseOperation } from "../queue/stored-operation.ts";
import type { DeviceRecord } from "./device.ts";
import { silence } from "./device-identity.ts";

/** A stored operation of another page, as it is on this one; or why it goes. */
export function restore(client: DeviceRecord, text: string): Operation | DropReason {
  const { device } = client;
  const operation = parseOperation(text);
  if (operation === undefined) return "corrupt";
  if ((device.silent || identityOf(client).optedOut) && !onlyOptsOut(client, operation)) return "opted_out";
  device.pushing?.restored(client, operation);
  if (operation.kind === "identify" || !operation.held) return operation;
  if (device.holding) return device.holding.claimed(identityOf(client), operation) ?? "reset";
  // Where nothing is held, it goes out as its visitor's.
  const { held: _held, ...event } = operation;
  return event;
}

/** Another page may have changed the identity, to `said` if that is known: sees to what that means for the queue. */
export function syncIdentity(client: DeviceRecord, said?: string | null): void {
  hearIdentity(client, said ?? null);
  const { optedOut, userId } = identityOf(client);
  // A page that opted out itself has nothing but that to send, and must not take it back.
  if (optedOut) {
    if (!read(client, 0).every((operation) => onlyOptsOut(client, operation))) silence(client);
  } else if (userId !== undefined && !client.stopping) client.device.holding?.releaseHeld(client);
}

/** What an opted-out device still has to say. */
function onlyOptsOut({ device }: DeviceRecord, operation: Operation): boolean | undefined {
  return (
    operation.kind === "identify" && device.pushing?.onlyOptsOut(JSON.parse(operation.body) as IdentifyBody)
  );
}
