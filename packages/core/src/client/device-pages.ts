/** What other pages of the same device have left behind or changed. */
import type { DropReason } from "../errors.ts";
import { isIdentify, type Operation } from "../events/operation.ts";
import { hearIdentity, identityOf } from "../identity/identity-keeper.ts";
import { read } from "../loop/books.ts";
import { parseOperation } from "../queue/stored-operation.ts";
import { startQueue } from "./client.ts";
import type { DeviceRecord } from "./device.ts";
import { silence } from "./device-client.ts";

/** A stored operation of another page, as it is on this one; or why it goes. */
export function restore(client: DeviceRecord, text: string): Operation | DropReason {
  const { silent, holding, pushing } = client.device;
  const operation = parseOperation(text);
  if (operation === undefined) return "corrupt";
  const isSilent = silent || identityOf(client).optedOut;
  if (isSilent && !pushing?.onlyOptsOut(operation)) return "opted_out";
  if (isIdentify(operation)) pushing?.noteUnheard(client, operation);
  if (!operation.held) return operation;
  if (holding) return holding.claimed(identityOf(client), operation) ?? "reset";
  // Where nothing is held, it goes out as its visitor's.
  const { held: _held, ...event } = operation;
  return event;
}

/** For a queue that no other page shares. An earlier process may have sent what its outbox kept. */
export function startAlone(client: DeviceRecord): void {
  const { pushing } = client.device;
  const identifies = read(client.outbox, 0).filter(isIdentify);
  for (const operation of identifies) pushing?.noteUnheard(client, operation);
  startQueue(client);
  pushing?.reconcile(client, () => identifies);
}

/** Another page may have changed the identity, to `said` if that is known: sees to what that means for the queue. */
export function syncIdentity(client: DeviceRecord, said?: string | null): void {
  hearIdentity(client, said ?? null);
  const { holding, pushing } = client.device;
  const { optedOut } = identityOf(client);
  // A page that opted out itself has nothing but that to send, and must not take it back.
  if (optedOut) {
    if (!read(client.outbox, 0).every((operation) => pushing?.onlyOptsOut(operation))) silence(client);
  } else if (!client.stopping) holding?.releaseHeld(client);
}
