/**
 * Reads what stands in the locked queues, piece by piece: a page that starts with a thousand records must not stand still. What
 * nobody can use any more is removed and reported.
 */
import {
  attempt,
  type DropReason,
  lose,
  type Operation,
  restore,
  type TrackOperation,
  tell,
} from "@whisperr/core";
import type { Page } from "../page/page.ts";
import { DISCARDED, queueOf, timeOf } from "../storage/keys.ts";
import type { Copy } from "../storage/storage.ts";
import { mayArrive, readInFlight, takeOver } from "./in-flight.ts";
import { waitOut } from "./outbox.ts";
import type { Entry } from "./state.ts";
import { isLocked, recovered, store } from "./tab-queue.ts";

/** More records than these are looked for, read and sent in tasks of their own. */
const FEW = 25;

/** Characters that one task reads. A slow phone reads 20,000 and more of them in 5 ms … */
const MAX_LENGTH_AT_ONCE = 20_000;

/** … and a record without any in the time of so many. */
const RECORD_LENGTH = 400;

/** The API takes nothing older; and what somebody left behind, an address in it perhaps, stays no longer. */
const MAX_AGE_MS = 30 * 24 * 3_600_000;

/** `keys`: all there are. `records`: those of records, and of the copy's. */
export function readLocked(
  page: Page,
  keys: readonly string[],
  records: readonly string[],
  copy?: Copy,
): void {
  if (page.recovery !== "reading") return;
  const { storage } = page;
  const known = new Set(page.entries.map(({ key }) => key));
  const inFlight = readInFlight(page, keys).filter(({ last }) => isLocked(page, last));
  takeOver(page, inFlight);
  // Of what this page had before, too: another one may have had it meanwhile, and sent it when it was left.
  waitOut(page, inFlight);
  // A client that is being shut down sends what it has, and recovers nothing more.
  const isOver = page.stopping && page.hasStarted;
  const wanted = isOver ? [] : records.filter((key) => isLocked(page, key) && !known.has(key)).sort();
  const found: Entry[] = [];
  const lost: { [reason in DropReason]?: number } = {};
  const inTime = ages(page);
  /** Entries at the front that may have been under way. */
  let doubtful = 0;
  let at = 0;

  /** How many characters that were. */
  function read(key: string): number {
    const stored = storage.get(key);
    const text = stored ?? copy?.get(key);
    // A lock may be lost between two pieces.
    if (!isLocked(page, key) || text === undefined) return 0;
    // Whatever is wrong with one costs that one.
    const restored = () => inTime(key, restore(page, text));
    const operation = text && (text === DISCARDED ? "opted_out" : attempt(restored, "corrupt"));
    if (typeof operation === "string") {
      storage.remove(key);
      if (operation) lost[operation] = (lost[operation] ?? 0) + 1;
      return text.length;
    }
    const entry = { key, operation, isStored: true };
    // It may be other than it was, or known from the copy only.
    if (JSON.stringify(operation) !== stored) store(storage, entry);
    found.push(entry);
    if (mayArrive(inFlight, key)) doubtful = found.length;
    return text.length;
  }

  function readOn(): void {
    // The page was left meanwhile, and has perhaps come back.
    if (page.recovery !== "reading" || page.reading !== readOn) return;
    const from = at;
    for (let left = page.isHidden() ? Infinity : MAX_LENGTH_AT_ONCE; left > 0 && at < wanted.length; at++)
      left -= RECORD_LENGTH + read(wanted[at] as string);
    if (from < at) return whenFree(page, at < wanted.length ? Infinity : at, readOn);
    recovered(page, found, doubtful);
    for (const [reason, count] of Object.entries(lost)) {
      page.accepted += count;
      lose(page, reason as DropReason, count);
    }
    tell(page);
  }
  page.reading = readOn;
  whenFree(page, wanted.length, readOn);
}

/**
 * What so many records need: to find them is enough for a task, and so is to look for them, and to send the first ones. Nobody
 * sees a hidden page stand still, and its timers are slow.
 */
export function whenFree({ isHidden, timers }: Page, count: number, task: () => void): void {
  // Where the page sets no timer, all of it is done at once.
  if (count <= FEW || isHidden() || timers.set(task, 0) === null) task();
}

/** The operation of each record in turn, or that it is too old. */
function ages(page: Page) {
  /** Of the record that was read last. */
  let queue: string;
  let atMs: number;
  return (key: string, operation: Operation | DropReason): Operation | DropReason => {
    if (queueOf(key) !== queue) {
      queue = queueOf(key);
      atMs = timeOf(queue);
    }
    // An identify has no time of its own: it came after what stands before it.
    if (Object(operation).kind === "track") atMs = (operation as TrackOperation).atMs;
    return page.nowMs() - atMs > MAX_AGE_MS ? "too_old" : operation;
  };
}
