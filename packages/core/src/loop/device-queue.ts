/**
 * The queue of a client SDK, beyond what servers need: events that wait for a user, operations that come from earlier
 * pages or go to other ones, and a user who takes everything back.
 */
import type { Client } from "../client/client.ts";
import { adopted, withdrawn } from "../delivery/queueing.ts";
import type { DropReason } from "../errors.ts";
import type { Operation, TrackOperation } from "../events/operation.ts";
import { evict } from "./effects.ts";
import { retry } from "./flush.ts";
import { addQueued, append } from "./queue.ts";
import { countDropped, reportDropped, take } from "./settle.ts";
import { step, tell } from "./step.ts";

/** Keeps an event at the end of the outbox, unsent. */
export function hold(client: Client, event: TrackOperation): void {
  append(client, event);
  if (client.outbox.size <= client.config.maxQueueSize) return;
  evict(client, client.delivery.pending, 1);
  tell(client);
}

/** Held events become what `fill` makes of them, and are due; those it returns undefined for are dropped as `reset`. */
export function release(client: Client, fill: (event: TrackOperation) => TrackOperation | undefined): void {
  const { outbox } = client;
  const from = client.delivery.pending;
  const held = operationsFrom(client, from) as TrackOperation[];
  if (held.length === 0) return;
  const filled = held.map(fill).filter((event) => event !== undefined);
  // The new ones are stored before the old ones go: whatever ends the page in between loses nothing.
  for (const event of filled) outbox.append(event);
  outbox.remove(from, held.length);
  const left = held.length - filled.length;
  if (left > 0) {
    countDropped(client, "reset", left);
    reportDropped(client, "reset", left);
  }
  if (filled.length > 0) addQueued(client, filled.length);
  else tell(client);
}

export function holdsOnly(client: Client, fits: (operation: Operation) => boolean): boolean {
  return operationsFrom(client, 0).every(fits);
}

/** Everything is lost, in flight or not. */
export function discard(client: Client, reason: DropReason): void {
  const { outbox, delivery } = client;
  const { size } = outbox;
  if (size === 0) return;
  const { inFlight, pending } = delivery;
  take(client, inFlight, size - inFlight, false);
  // What became of these nobody knows: not settled, they only leave.
  outbox.remove(0, inFlight);
  // Counted before flushes end.
  countDropped(client, reason, size);
  step(client, () => {
    if (pending > 0) withdrawn(client, 0, pending);
    reportDropped(client, reason, size);
  });
}

/** `count` operations of earlier pages stand in front in the outbox now. See `adopted` of the machine. */
export function adopt(client: Client, count: number, doubtful: number, leaseMs: number): void {
  client.accepted += count;
  step(client, adopted, count, doubtful, leaseMs);
}

/** `count` operations of a page that ended while this one lives stand behind all others now. */
export function joinQueue(client: Client, count: number): void {
  client.accepted += count;
  addQueued(client, count);
  retry(client);
}

/** Of either, `count` that wait for a user stand at the end. */
export function joinHeld(client: Client, count: number): void {
  client.accepted += count;
}

/** The operation at `index` has gone to another page: it is in the outbox no more. */
export function withdraw(client: Client, index: number): void {
  client.accepted -= 1;
  if (index < client.delivery.pending) step(client, withdrawn, index, 1);
}

/** From position `from` on, as far as the outbox can be read. */
function operationsFrom({ outbox }: Client, from: number): Operation[] {
  const found: Operation[] = [];
  for (let i = from; i < outbox.size; i++) {
    const operation = outbox.at(i);
    if (operation !== undefined) found.push(operation);
  }
  return found;
}
