/** The client's outbox, which this page shares with others: what it holds, and when a request may leave. */
import { guard, hurried, isIdentify, lose, type Outbox, step, tell, transmit } from "@whisperr/core";
import type { Page } from "../page/page.ts";
import { type InFlight, justFailed, mayArrive, noteInFlight } from "./in-flight.ts";
import { noteNewest, sayNewest } from "./newest.ts";
import { append, look, replace, take } from "./tab-queue.ts";

export const outboxOf = (page: Page): Outbox => ({
  get size() {
    return page.entries.length;
  },
  append(operation) {
    if (isIdentify(operation)) noteNewest(page, operation);
    if (!append(page, operation) && page.storage.hasRoom?.() !== false) storageFailed(page);
    if (operation.held) return;
    if (!page.hasSpoken || isIdentify(operation)) hurry(page);
    page.hasSpoken = true;
  },
  replace: (index, event) => replace(page, index, event),
  at: (index) => page.entries[index]?.operation,
  remove(offset, count) {
    // What made room for others has undone nothing; and what is said again may need the room of what was said before.
    const settled = page.leavingAs === "queue_full" ? [] : page.entries.slice(offset, offset + count);
    const gone = settled.filter((one) => isIdentify(one.operation));
    take(page, offset, count);
    // The last request may have failed a moment ago, but nothing that it could be about is left.
    if (!page.entries[0] && justFailed(page)) page.storage.remove(page.note);
    // Not in the middle of a step.
    if (gone[0]) void Promise.resolve().then(() => sayNewest(page, gone));
  },
  inFlight: (count) => noteInFlight(page, count),
});

/** A visit may be short: what matters most is sent at once, with what else the app calls in the same turn. */
function hurry(page: Page): void {
  if (page.isHurried) return;
  page.isHurried = true;
  page.inContext(() =>
    Promise.resolve().then(() => {
      page.isHurried = false;
      guard(page, () => step(page, hurried));
    }),
  );
}

/** Storage is blocked, or full: operations wait in memory. Said once. */
export function storageFailed(page: Page): void {
  if (page.isFailureKnown) return;
  page.isFailureKnown = true;
  // Never in the middle of a call, nor before the app has its client: it may call anything in its onError.
  void Promise.resolve().then(() => {
    lose(page, "storage_failed", 0);
    tell(page);
  });
}

/** What was in flight when its page ended is left alone for so long, at most: almost every request is over by then. */
export const LEASE_MS = 5000;

/** May a request leave now? If so, what is not this page's to send is out of the queue. */
export function isReady(page: Page): boolean {
  if (page.lease !== undefined || !page.maySend) return false;
  page.locks.check();
  look(page);
  return true;
}

/** What another page had in flight may still arrive: until then this one sends nothing. */
export function waitOut(page: Page, inFlight: InFlight): void {
  const { timers } = page;
  timers.clear(page.lease);
  page.lease = undefined;
  const leftMs = Math.max(...inFlight.map((one) => one.leftMs));
  page.awaited = leftMs > -VISIT_MS ? inFlight : [];
  if (leftMs <= 0) return;
  // A page that sets no timer: no wait is better than one without end.
  page.lease =
    timers.set(() => {
      page.lease = undefined;
      void transmit(page);
    }, leftMs) ?? undefined;
}

/** A page that is left earlier than this is one of a visitor in a hurry. */
export const HURRY_MS = 3000;
/** Who comes back later than this, after what was in flight, is in another visit. */
const VISIT_MS = 30_000;

/**
 * Where what a page that goes may send begins: behind what an earlier page had in flight, if it still waits for that, or for the
 * answer to it. One page may go on like that: a visit of two pages arrives whole. The pages of a visitor in a hurry may not: what
 * each of them leaves in flight, the next one would send again. What they have waits until one of them stays. Undefined: behind
 * this page's own request, as ever.
 */
export function startOfExit(page: Page): number | undefined {
  const { awaited, storage, nowMs, sinceMs, entries, lease, leaseMs } = page;
  const end = entries.map(({ key }) => mayArrive(awaited, key)).lastIndexOf(true) + 1;
  const notes = new Set(awaited.map(({ note }) => note));
  if (!end || notes.size < 2 || nowMs() - sinceMs > HURRY_MS) return lease ? end : undefined;
  for (const note of notes) {
    const text = storage.get(note);
    // The time is its first word.
    if (text) storage.set(note, text.replace(/\S+/, `${nowMs() + leaseMs}`));
  }
  return entries.length;
}
