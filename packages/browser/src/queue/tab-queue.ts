/**
 * The queue that the tabs of a browser profile share, as one page sees it: a machine over a plain record. Each page writes
 * into a tab queue of its own and holds a lock with its name, so a lock that can be had belongs to a page that is gone, and
 * the page that gets it recovers that queue, whole and in order.
 *
 * 1. A page sends only what is in a queue that it has locked, or what it had in its hands when it was left.
 * 2. Only the page with the lock removes a record. What another one settles it marks, and the owner looks before it sends.
 * 3. A page that was left has lost all its locks. When it comes back it starts again: it asks for them anew, and what
 *    others have taken meanwhile is revoked.
 *
 * No clock, storage, lock or promise is in here: functions change the record first and tell others last.
 */
import { isHeld, type Operation } from "@whisperr/core";
import { queueOf, recordKey } from "../storage/keys.ts";
import type { Entry, TabQueue } from "./state.ts";

/** What the machine asks for. Answers come as calls of their own: `lockAnswered`, `found`, `recovered`. */
export interface Effects {
  /** An id that sorts behind those of all queues there are. */
  newId(): string;
  requestLock(queue: string): void;
  /** Also of a lock that was asked for only: its answer does not come any more. */
  releaseLock(queue: string): void;
  /** Names the queues that have records. */
  find(): void;
  /** Reads the records of the locked queues, those aside that are in `entries`. */
  readLocked(): void;
  /** The text of a record; null where there is none. */
  text(key: string): string | null;
  /** False when there was no room. */
  store(entry: Entry): boolean;
  remove(key: string): void;
  /** Marks a record of a queue that is not this page's as settled, if it is still there. */
  markSettled(key: string): void;
  /** The next page of this tab is to wait for these. */
  leaveBehind(queues: readonly string[]): void;
  /** The operation at `index` is not in `entries` any more: it was another page's. */
  revoked(index: number): void;
  /** `due` operations, and `held` ones, of other pages have come in: in front, the first time, and at the end from then on. */
  joined(due: number, held: number, isFirst: boolean): void;
}

/** Losing the lock just asked for to another page is rare; several in a row mean a browser that grants none. */
const MAX_LOSSES = 3;

/** The page starts, or comes back: asks for its own queue, for those it had before, and for those of dead pages. */
export function start(q: TabQueue, fx: Effects): void {
  if (!isLeft(q)) return;
  q.stage = "starting";
  q.recovery = "finding";
  renew(q, fx);
  q.asked = [...new Set([q.own, ...q.entries.map(({ key }) => queueOf(key))])];
  for (const queue of q.asked) fx.requestLock(queue);
  revokeHeld(q, fx);
  look(q, fx);
  fx.find();
}

/** A page that lives looks for others that died. */
export function scan(q: TabQueue, fx: Effects): void {
  if (q.stage !== "open" || q.recovery !== "none" || q.isStopping) return;
  q.recovery = "finding";
  fx.find();
}

/** These have records. */
export function found(q: TabQueue, fx: Effects, queues: readonly string[]): void {
  if (q.recovery !== "finding") return;
  q.recovery = "locking";
  const others = queues.filter((queue) => !q.locked.includes(queue) && !q.asked.includes(queue));
  q.asked.push(...others);
  for (const queue of others) fx.requestLock(queue);
  readWhenAnswered(q, fx);
}

export function lockAnswered(q: TabQueue, fx: Effects, queue: string, isGranted: boolean): void {
  q.asked = q.asked.filter((one) => one !== queue);
  if (isGranted) {
    if (!q.locked.includes(queue)) q.locked.push(queue);
  } else {
    q.locked = q.locked.filter((one) => one !== queue);
    if (queue === q.own) beginAnother(q, fx);
  }
  readWhenAnswered(q, fx);
}

/** Another page took this one's queue for a dead page's, with everything that stands in it. */
function beginAnother(q: TabQueue, fx: Effects): void {
  renew(q, fx);
  if (q.losses++ >= MAX_LOSSES) q.locked.push(q.own);
  else {
    q.asked.push(q.own);
    fx.requestLock(q.own);
  }
}

function readWhenAnswered(q: TabQueue, fx: Effects): void {
  if (q.recovery !== "locking" || q.asked.length > 0) return;
  q.recovery = "reading";
  if (q.isStopping && q.hasStarted) recovered(q, fx, []);
  else fx.readLocked();
}

/** What stood in the queues that are this page's now. */
export function recovered(q: TabQueue, fx: Effects, entries: readonly Entry[]): void {
  if (q.recovery !== "reading") return;
  look(q, fx);
  const isFirst = !q.hasStarted;
  q.recovery = "none";
  q.stage = "open";
  q.hasStarted = true;
  const all = isFirst ? [...entries, ...q.entries] : [...q.entries, ...entries];
  const held = all.filter(({ operation }) => isHeld(operation));
  q.entries = [...all.filter(({ operation }) => !isHeld(operation)), ...held];
  releaseEmpty(q, fx);
  const heldAmong = entries.filter((entry) => held.includes(entry)).length;
  fx.joined(entries.length - heldAmong, heldAmong, isFirst);
}

/** Puts an operation at the end. False when there was no room to store it. */
export function append(q: TabQueue, fx: Effects, operation: Operation): boolean {
  const entry = { key: recordKey(q.own, q.written++), operation, isStored: false };
  entry.isStored = fx.store(entry);
  q.entries.push(entry);
  if (isLeft(q)) revokeHeld(q, fx);
  return entry.isStored;
}

/** Takes operations out that were settled. */
export function take(q: TabQueue, fx: Effects, offset: number, count: number): void {
  for (const { key, isStored } of q.entries.splice(offset, count)) {
    if (!isStored) continue;
    if (q.locked.includes(queueOf(key))) fx.remove(key);
    else fx.markSettled(key);
  }
  releaseEmpty(q, fx);
}

/** May a request leave now? */
export const maySend = ({ stage }: TabQueue): boolean => stage === "open" || stage === "leaving";

const isLeft = ({ stage }: TabQueue): boolean => stage === "leaving" || stage === "away";

/** Before each request: what others have settled, or have taken, is not this page's to send. */
export function look(q: TabQueue, fx: Effects): void {
  const isOpen = q.stage === "open";
  for (let index = q.entries.length - 1; index >= 0; index--) {
    const { key, isStored } = q.entries[index] as Entry;
    const queue = queueOf(key);
    const isLocked = q.locked.includes(queue);
    if (!isStored || (isOpen && isLocked && queue === q.own)) continue;
    const text = fx.text(key);
    const isLost = !isLocked && !q.asked.includes(queue) && !isLeft(q);
    // Of a page that has had the lock all the time, what is gone was cleared away by the app. Else others have settled it.
    const isCleared = text === null && isOpen && isLocked;
    if (!isLost && (text || isCleared)) continue;
    if (text === "" && isLocked) fx.remove(key);
    revoke(q, fx, index);
  }
}

/** The page may be frozen, or gone: others may recover what it has. */
export function leave(q: TabQueue, fx: Effects): void {
  if (isLeft(q) || q.stage === "over") return;
  const wasOpen = q.stage === "open";
  letGo(q, fx);
  q.stage = wasOpen ? "leaving" : "away";
  revokeHeld(q, fx);
}

/** The client was shut down, and nothing of it is in flight any more. */
export function end(q: TabQueue, fx: Effects): void {
  letGo(q, fx);
  q.stage = "over";
}

function letGo(q: TabQueue, fx: Effects): void {
  for (const entry of q.entries) {
    // What the app has cleared away, with the rest of its storage, must not end with the page.
    const isMissing = !entry.isStored || fx.text(entry.key) === null;
    const isOwner = q.stage === "open" && q.locked.includes(queueOf(entry.key));
    if (isMissing && isOwner) entry.isStored = fx.store(entry);
  }
  fx.leaveBehind(q.locked);
  for (const queue of [...q.locked, ...q.asked]) fx.releaseLock(queue);
  q.locked = [];
  q.asked = [];
  q.recovery = "none";
}

/** Whoever has the lock turns these into others as soon as there is a user, and nobody else may. They are read again. */
function revokeHeld(q: TabQueue, fx: Effects): void {
  for (let index = q.entries.length - 1; index >= 0; index--) {
    const { operation, isStored } = q.entries[index] as Entry;
    if (isStored && isHeld(operation)) revoke(q, fx, index);
  }
}

function revoke(q: TabQueue, fx: Effects, index: number): void {
  q.entries.splice(index, 1);
  fx.revoked(index);
}

/** From now on records go into a queue that no other page has ever had. */
function renew(q: TabQueue, fx: Effects): void {
  q.own = fx.newId();
  q.written = 0;
}

/** Queues without operations, this page's own aside, need no lock any more. */
function releaseEmpty(q: TabQueue, fx: Effects): void {
  if (q.recovery !== "none") return;
  q.locked = q.locked.filter((queue) => {
    const isKept = queue === q.own || q.entries.some(({ key }) => queueOf(key) === queue);
    if (!isKept) fx.releaseLock(queue);
    return isKept;
  });
}
