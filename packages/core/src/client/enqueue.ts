/** A call, on its way into the queue: whatever is wrong with it is refused and reported, and nothing else is harmed. */

import type { Operation } from "../events/operation.ts";
import { asRefusal } from "../events/refusal.ts";
import { checkLength } from "../events/snapshot.ts";
import { append } from "../loop/queue.ts";
import { refuse } from "../loop/settle.ts";
import type { Client } from "./client.ts";

/** `call`: its name for messages. `make` may throw anything, and returns undefined when `beforeSend` left the event out. */
export function enqueue<T extends Operation>(
  client: Client,
  call: () => string,
  make: () => T | undefined,
  add: (operation: T) => void = (operation) => append(client, operation),
): void {
  if (client.isStopped) return refuse(client, "shut_down", `${call()} came after shutdown()`);
  let operation: T | undefined;
  try {
    operation = make();
    if (operation) checkLength(operation);
  } catch (error) {
    const { reason, message } = asRefusal(error);
    return refuse(client, reason, `${call()} was dropped: ${message}.`);
  }
  if (operation) add(operation);
  else refuse(client, "before_send", `${call()} was left out by beforeSend`);
}
