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
  /** A request carried these. They must be the front, in order. */
  sent(keys: readonly string[]): void;
  accepted(rejected: number): void;
  /** A 4xx: one operation alone is dropped, several stay, unless the server refused everything for too long. */
  refused(reason: "rejected" | "too_large"): void;
  /** Everything is kept; nothing is in flight any more. */
  kept(): void;
  /** All books must be in order; called when nothing moves. */
  check(stats: Stats): void;
}

export function referenceQueue(maxQueueSize: number): ReferenceQueue {
  const queue: string[] = [];
  const dropped: { [reason in DropReason]?: number } = {};
  let accepted = 0;
  let delivered = 0;
  let inFlight = 0;
  let refusals = 0;

  function drop(reason: DropReason, count: number): void {
    if (count > 0) dropped[reason] = (dropped[reason] ?? 0) + count;
  }

  /** The oldest go, but not those in flight. */
  function evictOne(): boolean {
    if (queue.length <= Math.max(maxQueueSize, inFlight)) return false;
    drop("queue_full", queue.splice(inFlight, 1).length);
    return true;
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
      expect(queue.slice(0, keys.length), "a request carries the front of the queue, in order").toEqual(keys);
      inFlight = keys.length;
      evict();
    },
    accepted(rejected) {
      delivered += queue.splice(0, inFlight).length - rejected;
      drop("rejected_by_server", rejected);
      inFlight = 0;
      refusals = 0;
    },
    refused(reason) {
      if (inFlight <= droppedTogether(refusals)) drop(reason, queue.splice(0, inFlight).length);
      inFlight = 0;
      refusals++;
    },
    kept() {
      inFlight = 0;
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
  return refusals < 40 ? 1 : Math.min(2 ** (refusals - 39), 50);
}
