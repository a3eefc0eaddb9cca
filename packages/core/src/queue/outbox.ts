/** The port behind which operations wait. Delivery takes from the front and removes only what was settled. */
import { isHeld, type Operation } from "../events/operation.ts";

/** A queued call as an outbox of an app's own sees it: plain JSON to store, and to give back as it was. The fields may change. */
export interface QueuedOperation {
  /** Which call it was. */
  readonly kind: "track" | "identify";
}

/**
 * An ordered store of operations. Every method is synchronous and must not throw; storage that is not synchronous
 * mirrors what it stores in memory. Operations are plain JSON, so an implementation may serialise them. An outbox
 * belongs to one client.
 */
export interface AppOutbox {
  /** How many operations are stored now; more than 0 at creation when the storage outlived an earlier process. */
  readonly size: number;
  /** Puts an operation at the end. */
  append(operation: QueuedOperation): void;
  /** The operation at `index`, 0 being the oldest; undefined beyond the end. */
  at(index: number): QueuedOperation | undefined;
  /** Takes `count` operations out, from position `offset` on. */
  remove(offset: number, count: number): void;
  /**
   * Optional. Told how many operations at the front a request now carries, and 0 once it has ended: storage shared with
   * other pages notes it, so that none of them sends the same.
   */
  inFlight?(count: number): void;
}

/** The same, for the code that knows what an operation is. */
export interface Outbox extends AppOutbox {
  /** Why the last call has not done what it was told; undefined when it has. Only an outbox of an app may fail. */
  readonly failure?: string | undefined;
  /** At the end; where events wait for a user, these stay there, and everything else goes in front of them. */
  append(operation: Operation): void;
  /** Where events wait for a user: one of them has its user now. */
  replace?(index: number, event: Operation): void;
  at(index: number): Operation | undefined;
}

/** How many operations of an outbox that outlived its client may be sent: those that wait for a user stand at its end. */
export function dueIn(outbox: Outbox): number {
  let count = outbox.size;
  try {
    while (count > 0 && isHeld(outbox.at(count - 1))) count--;
  } catch {
    // One that cannot be read now is read again when it is sent.
  }
  return count;
}
