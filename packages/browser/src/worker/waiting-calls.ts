/**
 * Calls that come before it is known who the user is: a worker's storage takes a few milliseconds to open. They are made as soon
 * as it is, in their order, with the time at which they came, and with what the app gave as it was then.
 */

import { type FlushResult, MAX_TIMER_MS, type Timers } from "@whisperr/core";

export interface WaitingCall {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly atMs: number;
  /** Gets the result, where there is one. */
  readonly done?: (result: Promise<FlushResult>) => void;
}

/** IndexedDB may never answer. Then operations wait in memory. */
export const MAX_OPEN_MS = 2000;

/** More than an app calls in the two seconds that this takes at most. */
export const MAX_WAITING = 1000;

/**
 * What the app does to its objects later changes nothing. Plain ones, Maps and Sets are copied: what has an opinion of its own on how it is
 * written, a date or an instance, is asked for it when the call is made.
 */
export function copied<T>(value: T, copies = new Map<unknown, unknown>()): T {
  if (typeof value !== "object" || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known as T;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    copies.set(value, items);
    for (const item of value) items.push(copied(item, copies));
    return items as T;
  }
  if (value instanceof Set) {
    const items = new Set<unknown>();
    copies.set(value, items);
    for (const item of value) items.add(copied(item, copies));
    return items as T;
  }
  if (value instanceof Map) {
    const items = new Map<unknown, unknown>();
    copies.set(value, items);
    for (const [name, item] of value) items.set(name, copied(item, copies));
    return items as T;
  }
  const prototype = Object.getPrototypeOf(value);
  if ((prototype !== Object.prototype && prototype !== null) || "toJSON" in value) return value;
  const copy = {};
  copies.set(value, copy);
  // As properties of its own, whatever their names.
  for (const [key, one] of Object.entries(value))
    Object.defineProperty(copy, key, { value: copied(one, copies), enumerable: true });
  return copy as T;
}

/** `promise`, or what `otherwise` says once `timeoutMs` are over; without a deadline, the promise. */
export function atMost<T>(
  timers: Timers,
  timeoutMs: number,
  promise: Promise<T>,
  otherwise: () => T,
): Promise<T> {
  if (timeoutMs > MAX_TIMER_MS) return promise;
  return new Promise((resolve, reject) => {
    const timer = timers.set(() => resolve(otherwise()), Math.max(timeoutMs, 0));
    promise.then((result) => {
      timers.clear(timer);
      resolve(result);
    }, reject);
  });
}
