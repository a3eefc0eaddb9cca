/**
 * The client's outbox, which this page shares with others: what it holds, and when a request may leave. What a request carries
 * is noted, `f.<queue>`: until when it may be under way, and the last record of each queue. A page that ends leaves the note
 * behind, and the next one waits, so that an answer that nobody saw does not mean that everything is sent again by page
 * after page.
 */
import { lose, type Outbox, tell, transmit } from "@whisperr/core";
import type { Page } from "../page/page.ts";
import { IN_FLIGHT, queueOf } from "../storage/keys.ts";
import { append, look, take } from "./tab-queue.ts";

export const outboxOf = (page: Page): Outbox => ({
  get size() {
    return page.entries.length;
  },
  append(operation) {
    if (!append(page, operation)) storageFailed(page);
  },
  at: (index) => page.entries[index]?.operation,
  remove: (offset, count) => take(page, offset, count),
  inFlight: (count) => noteInFlight(page, count),
});

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

const JUST_MS = 500;

/** The last record of a queue that may be in flight, and those before it, for so long yet; 0 or less: nobody waits any longer. */
export type InFlight = readonly (readonly [last: string, leftMs: number])[];

/** `count` operations at the front are in flight now. */
export function noteInFlight(page: Page, count: number): void {
  const { storage } = page;
  if (count > 0) {
    page.note = IN_FLIGHT + page.own;
    const lasts = new Map(page.entries.slice(0, count).map(({ key }) => [queueOf(key), key])).values();
    storage.set(page.note, [page.nowMs() + page.leaseMs, ...lasts].join(" "));
  } else if (!justFailed(page)) storage.remove(page.note);
}

/** What pages have in flight, or had when they ended, but for this one. */
export function readInFlight({ storage, note: own, nowMs, leaseMs }: Page): InFlight {
  return storage.keys().flatMap((note) => {
    if (!note.startsWith(IN_FLIGHT) || note === own) return [];
    const [until, ...lasts] = (storage.get(note) ?? "").split(" ");
    // What it was about has arrived, or is lost.
    if (!lasts.some((key) => storage.get(key))) storage.remove(note);
    const leftMs = Number(until) - nowMs() || 0;
    // Longer than any lease: the clock was set back since, which must not make anybody wait.
    return lasts.map((last) => [last, leftMs > leaseMs ? 0 : leftMs] as const);
  });
}

/**
 * The last request has just failed without an answer. Chromium says so of what is in flight as a page is left, and goes on
 * with it: it may be arriving.
 */
export const justFailed = ({ failedAtMs, nowMs }: Page): boolean => Math.abs(nowMs() - failedAtMs) < JUST_MS;

/** May a request leave now? If so, what is not this page's to send is out of the queue. */
export function isReady(page: Page): boolean {
  if (page.lease !== undefined || !page.maySend) return false;
  page.locks.check();
  look(page);
  return true;
}

/** What another page had in flight may still arrive: until then this one sends nothing. */
export function waitOut(page: Page, leftMs: number): void {
  const { timers } = page;
  timers.clear(page.lease);
  page.lease = undefined;
  if (leftMs <= 0) return;
  page.lease = timers.set(() => {
    page.lease = undefined;
    void transmit(page);
  }, leftMs);
}
