/** What comes into the queue. */
import type { Client } from "../client/client.ts";
import { appended } from "../delivery/queueing.ts";
import { isHeld, type Operation } from "../events/operation.ts";
import { describeThrown } from "../events/refusal.ts";
import { refuse } from "./settle.ts";
import { tell } from "./step.ts";

/** Queues an operation; one that is held stays behind what is queued, unsent. */
export function append(client: Client, operation: Operation): void {
  // A beforeSend may have called shutdown() in the middle of its track().
  if (client.isStopped) return refuse(client, "shut_down", "The call came after shutdown()", operation);
  try {
    client.outbox.append(operation);
  } catch (error) {
    const message = `The outbox did not take it: ${describeThrown(error)}`;
    return refuse(client, "outbox_failed", message, operation);
  }
  client.accepted += 1;
  if (!isHeld(operation)) addQueued(client, 1);
}

/** `count` operations stand at the end of the outbox. Evictions that they cause are reported together, later. */
export function addQueued(client: Client, count: number): void {
  appended(client, count);
  tell(client);
}
