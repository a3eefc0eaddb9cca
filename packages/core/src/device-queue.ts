/**
 * The queue of a client SDK, beyond what servers need: events that wait for a user, operations that come from earlier
 * pages or go to other ones, and a user who takes everything back.
 */

import type { DropReason } from "./errors.ts";
import type { EffectLoop } from "./loop.ts";
import type { Operation, TrackOperation } from "./operation.ts";
import type { Outbox } from "./outbox.ts";

export interface DeviceQueue {
  /** Keeps an event at the end of the outbox, unsent. */
  hold(event: TrackOperation): void;
  /** Held events become what `fill` makes of them, and are due; those it returns undefined for are dropped as `reset`. */
  release(fill: (event: TrackOperation) => TrackOperation | undefined): void;
  holdsOnly(fits: (operation: Operation) => boolean): boolean;
  /** Gives up everything, in flight or not. */
  discard(reason: DropReason): void;
  /** Operations of earlier pages: `count` of them stand in front in the outbox now. See the input `adopted`. */
  adopted(count: number, doubtful: number, leaseMs: number): void;
  /** Operations of a page that ended while this one lives: `count` of them stand behind all others now. */
  joined(count: number): void;
  /** Of either, `count` that wait for a user stand at the end. */
  joinedHeld(count: number): void;
  /** The operation at `index` has gone to another page: it is in the outbox no more. */
  withdrawn(index: number): void;
}

export function createDeviceQueue(outbox: Outbox, loop: EffectLoop, maxQueueSize: number): DeviceQueue {
  const { ledger, settlement } = loop;

  /** From position `from` on, as far as the outbox can be read. */
  function operations(from: number): Operation[] {
    const found: Operation[] = [];
    for (let i = from; i < outbox.size; i++) {
      const operation = outbox.at(i);
      if (operation !== undefined) found.push(operation);
    }
    return found;
  }

  return {
    hold(event) {
      loop.append(event);
      if (outbox.size > maxQueueSize) settlement.evict(loop.queued, 1);
    },
    release(fill) {
      const held = operations(loop.queued) as TrackOperation[];
      if (held.length === 0) return;
      const from = loop.queued;
      const filled = held.map(fill).filter((event) => event !== undefined);
      // The new ones are stored before the old ones go: whatever ends the page in between loses nothing.
      for (const event of filled) outbox.append(event);
      outbox.remove(from, held.length);
      const left = held.length - filled.length;
      if (left > 0) ledger.drop("reset", left);
      if (filled.length > 0) loop.dispatch({ type: "appended", count: filled.length });
      // Last: an app that tracks in its onError must find none of these held any more.
      if (left > 0) settlement.report("reset", left);
    },
    holdsOnly: (fits) => operations(0).every(fits),
    discard(reason) {
      const count = outbox.size;
      if (count === 0) return;
      const { queued, inFlight } = loop;
      settlement.leave(inFlight, count - inFlight, false);
      // What became of these nobody knows: not settled, they only leave.
      outbox.remove(0, inFlight);
      // Counted before flushes end, and reported after: the app may queue more in its onError.
      ledger.drop(reason, count);
      if (queued > 0) loop.dispatch({ type: "withdrawn", offset: 0, count: queued });
      settlement.report(reason, count);
    },
    adopted(count, doubtful, leaseMs) {
      ledger.accept(count);
      loop.dispatch({ type: "adopted", count, doubtful, leaseMs });
    },
    joined(count) {
      ledger.accept(count);
      loop.dispatch({ type: "appended", count });
      loop.retryNow();
    },
    joinedHeld: (count) => ledger.accept(count),
    withdrawn(index) {
      ledger.accept(-1);
      if (index < loop.queued) loop.dispatch({ type: "withdrawn", offset: index, count: 1 });
    },
  };
}
