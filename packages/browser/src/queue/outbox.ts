/**
 * The client's outbox, which this page shares with others: what it holds, and when a request may leave. What a request carries
 * is noted, `f.<queue>`: until when it may be under way, and the last record of each queue. A page that ends leaves the note
 * behind, and the next one waits, so that an answer that nobody saw does not mean that everything is sent again by page
 * after page.
 */
import { hurried, lose, type Outbox, step, tell, transmit } from "@whisperr/core";
import type { Page } from "../page/page.ts";
import { IN_FLIGHT, queueOf } from "../storage/keys.ts";
import { isIdentify, noteNewest, sayNewest } from "./newest.ts";
import { append, look, take } from "./tab-queue.ts";

export const outboxOf = (page: Page): Outbox => ({
  get size() {
    return page.entries.length;
  },
  append(operation) {
    if (isIdentify(operation)) noteNewest(page, operation);
    if (!append(page, operation)) storageFailed(page);
    if (operation.held) return;
    if (!page.hasSpoken || isIdentify(operation)) hurry(page);
    page.hasSpoken = true;
  },
  at: (index) => page.entries[index]?.operation,
  remove(offset, count) {
    const gone = page.entries.slice(offset, offset + count).filter((one) => isIdentify(one.operation));
    take(page, offset, count);
    const settled = gone.map(({ key }) => key);
    // Not in the middle of a step.
    if (settled.length > 0) void Promise.resolve().then(() => sayNewest(page, settled));
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
      step(page, hurried);
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

const JUST_MS = 500;

/** In the note of a page that was left, behind the records. */
const GONE = "-";

export type InFlight = readonly {
  readonly note: string;
  /** This record of a queue, and those before it, may be in flight … */
  readonly last: string;
  /** The page that has sent it was left. */
  readonly isLeft: boolean;
  /** … for so long yet; 0 or less: nobody waits any longer. */
  readonly leftMs: number;
}[];

/** `count` operations at the front are in flight now. */
export function noteInFlight(page: Page, count: number): void {
  const { storage } = page;
  if (count > 0) {
    page.note = IN_FLIGHT + page.own;
    const lasts = new Map(page.entries.slice(0, count).map(({ key }) => [queueOf(key), key])).values();
    storage.set(page.note, [page.nowMs() + page.leaseMs, ...lasts, ...(page.isHere ? [] : [GONE])].join(" "));
  } else if (!justFailed(page)) storage.remove(page.note);
}

/** The page is left. A busy browser may need a while to free its locks. */
export function noteLeft({ storage, note }: Page): void {
  const text = note && storage.get(note);
  if (text) storage.set(note, `${text} ${GONE}`);
}

/** This page has the locks now: no other one needs to wait for them. */
export function takeOver({ storage }: Page, inFlight: InFlight): void {
  for (const { note } of inFlight) {
    const words = storage.get(note)?.split(" ") ?? [];
    if (words.includes(GONE)) storage.set(note, words.filter((word) => word !== GONE).join(" "));
  }
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
    const isLeft = lasts.includes(GONE);
    return lasts.map((last) => ({ note, last, isLeft, leftMs: leftMs > leaseMs ? 0 : leftMs }));
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
export function waitOut(page: Page, inFlight: InFlight): void {
  const { timers } = page;
  timers.clear(page.lease);
  page.lease = undefined;
  const leftMs = Math.max(...inFlight.map((one) => one.leftMs));
  if (leftMs <= 0) return;
  page.awaited = inFlight;
  page.lease = timers.set(() => {
    page.lease = undefined;
    void transmit(page);
  }, leftMs);
}

/** A page that is left earlier than this is one of a visitor in a hurry. */
const HURRY_MS = 3000;

/**
 * Where what a page that goes may send begins: behind what an earlier page had in flight, if it still waits for that. One page
 * may go on like that: a visit of two pages arrives whole. The pages of a visitor in a hurry may not: what each of them leaves
 * in flight, the next one would send again. What they have waits until one of them stays.
 */
export function startOfExit(page: Page): number {
  const { awaited, storage, nowMs, sinceMs, entries } = page;
  if (page.lease === undefined) return 0;
  const notes = new Set(awaited.map(({ note }) => note));
  if (notes.size === 1 || nowMs() - sinceMs > HURRY_MS)
    return entries.reduce((end, { key }, index) => (mayArrive(awaited, key) ? index + 1 : end), 0);
  for (const note of notes) {
    const [until, ...lasts] = (storage.get(note) ?? "").split(" ");
    if (lasts[0]) storage.set(note, [Math.max(Number(until), nowMs() + HURRY_MS), ...lasts].join(" "));
  }
  return entries.length;
}

/** Of a record: it may be in flight. */
export const mayArrive = (inFlight: InFlight, key: string): boolean =>
  inFlight.some(({ last }) => queueOf(last) === queueOf(key) && key <= last);
