/**
 * What comes into the queue: calls of the app, and on client SDKs events that wait for a user, operations that come from
 * earlier pages or go to other ones, and a user who takes everything back.
 */
import type { Client } from "../client/client.ts";
import { adopted, appended, leave, withdrawn } from "../delivery/queueing.ts";
import type { DropReason } from "../errors.ts";
import type { Operation, TrackOperation } from "../events/operation.ts";
import { asRefusal } from "../events/refusal.ts";
import { checkLength, lengthOf } from "../events/snapshot.ts";
import { lose, read, refuse, step, take, tell } from "./books.ts";
import { retry } from "./flush.ts";
import { guard, mend } from "./guard.ts";

/** What an operation takes beside the app's own text, roughly. */
const OPERATION_BYTES = 200;

/**
 * A call, on its way into the queue: whatever is wrong with it is refused and reported, and nothing else is harmed.
 * `call`: its name for messages. `make` may throw anything, and returns undefined when `beforeSend` left the event out.
 */
export function enqueue<T extends Operation>(
  client: Client,
  call: () => string,
  make: () => T | undefined,
  add: (client: Client, operation: T) => void = append,
): void {
  // Known once it is about to be queued.
  let accepted = -1;
  try {
    if (client.isTorn) mend(client);
    if (client.stopping) return refuseLate(client, call());
    const operation = make();
    if (!operation) return refuse(client, "before_send", `${call()} was left out by beforeSend`);
    checkLength(operation);
    accepted = client.accepted;
    add(client, operation);
  } catch (error) {
    // Not in here: a closure would cost every call.
    brokeOff(client, call, error, accepted);
  }
}

function brokeOff(client: Client, call: () => string, error: unknown, accepted: number): void {
  client.isTorn ||= accepted >= 0;
  guard(client, () => {
    // It may stand in the queue all the same.
    if (accepted >= 0 && (client.isTorn || client.accepted !== accepted)) return;
    const { reason, message } = asRefusal(error);
    refuse(client, reason, `${call()} was dropped: ${message}.`);
  });
}

/** A call came when nothing is taken any more. */
export function refuseLate(client: Client, call: string, operation?: Operation): void {
  refuse(client, "shut_down", `${call} came after shutdown()`, operation);
}

/** Queues an operation; one that is held stays behind whatever is queued, unsent. */
export function append(client: Client, operation: Operation): void {
  // A beforeSend may have called shutdown() in the middle of its track().
  if (client.stopping) return refuseLate(client, "The call", operation);
  const { outbox } = client;
  // What is wrong with the rest is about to be put right, and what is added counted then.
  const isWeighed = !client.isTorn && makeRoom(client, lengthOf(operation) + OPERATION_BYTES);
  outbox.append(operation);
  if (outbox.failure)
    return refuse(client, "outbox_failed", `The outbox did not take it: ${outbox.failure}`, operation);
  client.accepted += 1;
  client.weighedSize = isWeighed ? outbox.size : -1;
  if (!operation.held && !client.isTorn) addQueued(client, 1);
}

/**
 * For `bytes` more: beyond `maxQueueBytes` the oldest go, but for those in flight. What is delivered is not weighed again, so
 * that it need not be read; once the limit seems to be reached, the whole queue is. Returns whether it is known what that weighs.
 */
function makeRoom(client: Client, bytes: number): boolean {
  const { outbox, inFlight, pending, config } = client;
  const { size } = outbox;
  client.bytes += bytes;
  let isWeighed = size === client.weighedSize && client.bytes > 0;
  if (!isWeighed && !(client.bytes <= config.maxQueueBytes)) {
    client.bytes = bytes;
    for (const one of read(outbox, 0)) client.bytes += lengthOf(one) + OPERATION_BYTES;
    isWeighed = true;
  }
  let end = inFlight;
  for (; client.bytes > config.maxQueueBytes && end < size; end++) {
    const oldest = outbox.at(end);
    client.bytes -= (oldest ? lengthOf(oldest) : 0) + OPERATION_BYTES;
  }
  if (end > inFlight) {
    client.effects.drop(client, inFlight, end - inFlight, "queue_full");
    // Behind `pending` stand those that wait for a user.
    leave(client, inFlight, Math.min(end, pending) - inFlight);
  }
  return isWeighed;
}

/** `count` operations stand at the end of the outbox. Evictions that they cause are reported together, later. */
export function addQueued(client: Client, count: number): void {
  appended(client, count);
  // The host refused to set it: it may do so now.
  if (client.timer === null) client.effects.wake(client, client.config.flushIntervalMs);
  tell(client);
}

/** Keeps an event at the end of the outbox, unsent. */
export function hold(client: Client, event: TrackOperation): void {
  append(client, event);
  if (client.outbox.size <= client.config.maxQueueSize) return;
  client.effects.drop(client, client.pending, 1, "queue_full");
  tell(client);
}

/**
 * Held events become what `fill` makes of them, and are due; or all of them wait on, which it returns as they are. Those it returns
 * undefined for are dropped as `reset`.
 */
export function release(client: Client, fill: (event: TrackOperation) => TrackOperation | undefined): void {
  const { outbox, pending } = client;
  const held = outbox.size - pending;
  let end = pending;
  let due = 0;
  // One by one, in its place: whatever ends the page in between loses nothing, and sends nothing twice.
  for (let left = held; left > 0; left--) {
    const event = outbox.at(end);
    const filled = event && fill(event as TrackOperation);
    if (!filled) outbox.remove(end, 1);
    else if (filled === event) end++;
    else {
      outbox.replace?.(end++, filled);
      due++;
    }
  }
  const gone = pending + held - end;
  if (gone > 0) lose(client, "reset", gone);
  if (gone + due > 0) addQueued(client, due);
}

/** Everything is lost, in flight or not. */
export function discard(client: Client, reason: DropReason): void {
  const { outbox, inFlight, pending } = client;
  const { size } = outbox;
  if (size === 0) return;
  take(client, inFlight, size - inFlight, reason);
  // What became of these nobody knows: not settled, they only leave.
  outbox.remove(0, inFlight);
  step(client, () => {
    // Counted before flushes end.
    lose(client, reason, size);
    withdrawn(client, 0, pending);
  });
}

/**
 * `due` operations of other pages are in the outbox now: at the start in front (see `adopted` of the machine), and later behind all
 * others. `held` of them stand at the end and wait for a user.
 */
export function adopt(client: Client, due: number, held = 0, doubtful = 0): void {
  client.accepted += due + held;
  client.bytes = Number.NaN;
  if (client.phase === "starting") step(client, adopted, due, doubtful);
  else if (due > 0) {
    // A page looks for others four times a minute: what it does not find cuts no backoff short.
    addQueued(client, due);
    retry(client);
  }
}

/** `count` operations that came by another way than a call stand behind all others now. */
export function arrived(client: Client, count: number): void {
  client.accepted += count;
  client.bytes = Number.NaN;
  addQueued(client, count);
}

/** The operation at `index` has gone to another page: it is in the outbox no more. */
export function withdraw(client: Client, index: number): void {
  client.accepted -= 1;
  if (index < client.pending) step(client, withdrawn, index, 1);
}
