/**
 * Reads what stands in the locked queues, piece by piece: a page that starts with a thousand records must not stand still. What
 * nobody can use any more is removed and reported.
 */
import { type DropReason, lose, type Operation, restore, type TrackOperation, tell } from "@whisperr/core";
import type { Page } from "../page/page.ts";
import { queueOf, timeOf } from "../storage/keys.ts";
import type { Copy } from "../storage/storage.ts";
import { type InFlight, mayArrive, readInFlight, takeOver } from "./in-flight.ts";
import { waitOut } from "./outbox.ts";
import type { Entry } from "./state.ts";
import { isLocked, recovered, store } from "./tab-queue.ts";

/** Records that are read in one task. Nobody sees a hidden page stand still, and its timers are slow. */
const MAX_AT_ONCE = 25;

/** The API takes nothing older; and what somebody left behind, an address in it perhaps, stays no longer. */
const MAX_AGE_MS = 30 * 24 * 3_600_000;

/** How far it is. */
export interface Reading {
  readonly keys: readonly string[];
  readonly copy: Copy | undefined;
  readonly inFlight: InFlight;
  readonly entries: Entry[];
  readonly lost: { [reason in DropReason]?: number };
  /** Entries at the front that may have been under way. */
  doubtful: number;
  /** Of the record that was read last. */
  queue: string;
  atMs: number;
}

/** `keys`: of all records there are. */
export function readLocked(page: Page, keys: readonly string[], copy: Copy | undefined): void {
  if (page.recovery !== "reading") return;
  const known = new Set(page.entries.map(({ key }) => key));
  const inFlight = readInFlight(page).filter(({ last }) => isLocked(page, last));
  takeOver(page, inFlight);
  // Of what this page had before, too: another one may have had it meanwhile, and sent it when it was left.
  waitOut(page, inFlight);
  page.reading = {
    // A client that is being shut down sends what it has, and recovers nothing more.
    keys:
      page.stopping && page.hasStarted ? [] : keys.filter((key) => isLocked(page, key) && !known.has(key)),
    copy,
    inFlight,
    entries: [],
    lost: {},
    doubtful: 0,
    queue: "",
    atMs: 0,
  };
  // To find them, and to send the first ones, is enough for a task, too.
  readOn(page, page.reading, -MAX_AT_ONCE);
}

function readOn(page: Page, reading: Reading, from: number): void {
  // It was left meanwhile, and has perhaps come back.
  if (page.recovery !== "reading" || page.reading !== reading) return;
  const { keys, entries, lost } = reading;
  const isLong = keys.length > MAX_AT_ONCE && !page.isHidden();
  const end = isLong ? from + MAX_AT_ONCE : keys.length;
  for (const key of keys.slice(Math.max(from, 0), end)) read(page, reading, key);
  if (isLong && from < keys.length) {
    const readMore = () => readOn(page, reading, end);
    // Where the page sets no timer, all of it is read at once.
    if (page.timers.set(readMore, 0) === null) readMore();
    return;
  }
  recovered(page, entries, reading.doubtful);
  for (const [reason, count] of Object.entries(lost)) {
    page.accepted += count;
    lose(page, reason as DropReason, count);
  }
  tell(page);
}

function read(page: Page, reading: Reading, key: string): void {
  const { storage } = page;
  const { copy, inFlight, entries, lost } = reading;
  const stored = storage.get(key);
  const text = stored ?? copy?.get(key);
  // A lock may be lost between two pieces.
  if (!isLocked(page, key) || text === undefined) return;
  const operation = text && inTime(page, reading, key, restore(page, text));
  if (typeof operation === "string") {
    storage.remove(key);
    if (operation) lost[operation] = (lost[operation] ?? 0) + 1;
    return;
  }
  const entry = { key, operation, isStored: true };
  // It may be other than it was, or known from the copy only.
  if (JSON.stringify(operation) !== stored) store(storage, entry);
  entries.push(entry);
  if (mayArrive(inFlight, key)) reading.doubtful = entries.length;
}

function inTime(
  page: Page,
  reading: Reading,
  key: string,
  operation: Operation | DropReason,
): Operation | DropReason {
  if (queueOf(key) !== reading.queue) {
    reading.queue = queueOf(key);
    reading.atMs = timeOf(reading.queue);
  }
  // An identify has no time of its own: it came after what stands before it.
  if (Object(operation).kind === "track") reading.atMs = (operation as TrackOperation).atMs;
  return page.nowMs() - reading.atMs > MAX_AGE_MS ? "too_old" : operation;
}
