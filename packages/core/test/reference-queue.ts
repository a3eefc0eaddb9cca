/**
 * The naive model: a plain array of operations and the obvious rules. No phases, no goals, no batch limits.
 * It follows what the app called and what the server saw and answered, and says where every operation must be.
 */

import { expect } from "vitest";
import type { DropReason } from "../src/errors.ts";
import type { Stats } from "../src/loop/books.ts";
import { imbalance } from "./imbalance.ts";

export interface ReferenceQueue {
  /** Keys of queued operations, oldest first. */
  readonly queue: readonly string[];
  /** Called for each operation the app makes; `nested` when inside `onError`, where its input waits. */
  append(key: string, nested: boolean): void;
  refuse(reason: DropReason): void;
  /** A request carried these. They must be the front, in order, or one behind it once the front failed alone often enough. */
  sent(keys: readonly string[]): void;
  accepted(rejected: number): void;
  /** A 4xx: one operation alone is dropped, several stay, unless the server refused everything for too long. */
  refused(reason: "rejected" | "too_large"): void;
  /** Everything is kept; nothing is in flight any more. */
  kept(): void;
  /** As `kept`, and what the request carried may be why. */
  failed(): void;
  /** All books must be in order; called when nothing moves. */
  check(stats: Stats): void;
}

export function referenceQueue(maxQueueSize: number): ReferenceQueue {
  const queue: string[] = [];
  const dropped: { [reason in DropReason]?: number } = {};
  let accepted = 0;
  let delivered = 0;
  let inFlight = 0;
  /** What stands in front of those in flight. */
  let offset = 0;
  /** In how many attempts the front failed alone since others were probed. */
  let alone = 0;
  /** One behind the front was taken just now. */
  let confirming = false;
  let refusals = 0;

  function drop(reason: DropReason, count: number): void {
    if (count > 0) dropped[reason] = (dropped[reason] ?? 0) + count;
  }

  /** The oldest go, but not those in flight. */
  function evictOne(): boolean {
    const sent = inFlight && offset + inFlight;
    if (queue.length <= Math.max(maxQueueSize, sent)) return false;
    drop("queue_full", leave(sent, 1));
    return true;
  }

  function leave(at: number, count: number): number {
    if (at === 0) {
      alone = 0;
      confirming = false;
    }
    if (at < offset) offset--;
    return queue.splice(at, count).length;
  }

  function ended(): void {
    inFlight = 0;
    offset = 0;
    confirming = false;
  }

  /** The front failed alone in three attempts at least. */
  function mayProbe(): boolean {
    return alone >= 3;
  }

  function evict(): void {
    while (evictOne());
  }

  return {
    queue,
    append(key, nested) {
      accepted++;
      queue.push(key);
      if (!nested) evict();
    },
    refuse(reason) {
      accepted++;
      drop(reason, 1);
    },
    sent(keys) {
      // What was appended inside onError is counted after the input that reported: before this cut, or just behind it.
      while (!keys.every((key, index) => queue[index] === key) && evictOne());
      const at = queue.indexOf(keys[0] as string);
      offset = mayProbe() && keys.length === 1 && at > 0 ? at : 0;
      const carried = queue.slice(offset, offset + keys.length);
      expect(carried, "a request carries the front of the queue, in order").toEqual(keys);
      inFlight = keys.length;
      evict();
    },
    accepted(rejected) {
      delivered += leave(offset, inFlight) - rejected;
      drop("rejected_by_server", rejected);
      // Another one was taken, so it is the front; unless that one was evicted meanwhile.
      const isTheFront = offset > 0 && alone > 0;
      ended();
      confirming = isTheFront;
      refusals = 0;
    },
    refused(reason) {
      if (inFlight <= droppedTogether(refusals)) drop(reason, leave(offset, inFlight));
      ended();
      refusals++;
    },
    kept: ended,
    failed() {
      if (offset > 0) alone = 0;
      else if (confirming && inFlight === 1) drop("undeliverable", leave(0, 1));
      else if (inFlight === 1) alone++;
      ended();
    },
    check(stats) {
      evict();
      expect(stats).toEqual({ accepted, delivered, dropped, pending: queue.length });
      expect(imbalance(stats), "accepted = delivered + dropped + pending").toBe(0);
    },
  };
}

/** Operations that one refusal may cost, after so many in a row: 1, and from the 41st on 2, 4, 8 … up to 50. */
function droppedTogether(refusals: number): number {
  return refusals < 72 ? 1 : Math.min(2 ** (refusals - 71), 50);
}
