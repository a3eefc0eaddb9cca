/** What other pages of the same device have left behind or changed. */
import type { DropReason } from "../errors.ts";
import type { Operation } from "../events/operation.ts";
import { doubt } from "../identity/doubts.ts";
import { hearIdentity, identityOf } from "../identity/identity-keeper.ts";
import { holdsOnly } from "../loop/queue.ts";
import { parseOperation } from "../queue/stored-operation.ts";
import { claimed, type DeviceRecord, releaseHeld, silence } from "./device-identity.ts";

/** A stored operation of another page, as it is on this one; or why it goes. */
export function restore(client: DeviceRecord, text: string): Operation | DropReason {
  const operation = parseOperation(text);
  if (operation === undefined) return "corrupt";
  if (operation.kind === "identify") doubt(client.doubts, operation.body);
  if (client.device.silent || identityOf(client.keeper).optedOut === true)
    return optsTokenOut(operation) ? operation : "opted_out";
  return operation.kind === "track" && operation.held === true
    ? (claimed(identityOf(client.keeper), operation) ?? "reset")
    : operation;
}

/** Another page may have changed the identity, to `said` if that is known: sees to what that means for the queue. */
export function syncIdentity(client: DeviceRecord, said?: string | null): void {
  hearIdentity(client.keeper, said ?? null);
  const { optedOut, userId } = identityOf(client.keeper);
  // A page that opted out itself has nothing but that to send, and must not take it back.
  if (optedOut) {
    if (!holdsOnly(client, optsTokenOut)) silence(client);
  } else if (userId !== undefined && !client.stopping) releaseHeld(client);
}

/** What an opted-out device still has to say. */
function optsTokenOut(operation: Operation): boolean {
  return operation.kind === "identify" && operation.means?.push?.optedIn === false;
}
