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
import { DISCARDED, queueOf, recordKey } from "../storage/keys.ts";
import type { Effects, Entry, TabQueue } from "./state.ts";

/** The page starts, or comes back: asks for its own queue, for those it had before, and for those of dead pages. */
export function start(q: TabQueue): void {
  if (q.isHere) return;
  q.isHere = true;
  q.maySend = false;
  const had = q.entries.filter(({ key }) => q.tabEffects.get(key)).map(({ key }) => queueOf(key));
  renew(q);
  for (const entry of q.entries) if (!entry.key) write(q, entry);
  ask(q, had);
  look(q);
  find(q);
}

/** A page that lives looks for others that died. */
export function scan(q: TabQueue): void {
  if (isOpen(q) && q.recovery === "none") find(q);
}

function find(q: TabQueue): void {
  q.recovery = "finding";
  q.tabEffects.find();
}

/** These have records. */
export function found(q: TabQueue, queues: readonly string[]): void {
  if (q.recovery !== "finding") return;
  q.recovery = "locking";
  ask(q, queues);
  readWhenAnswered(q);
}

/** Also of a lock that is lost while the page lives. */
export function lockAnswered(q: TabQueue, queue: string, isGranted: boolean): void {
  if (isGranted) q.queues[queue] = true;
  else delete q.queues[queue];
  // Another page took it for a dead one's, with everything that stands in it.
  if (!isGranted && queue === q.own) {
    renew(q);
    look(q);
  }
  readWhenAnswered(q);
}

function readWhenAnswered(q: TabQueue): void {
  if (q.recovery !== "locking" || Object.values(q.queues).includes(false)) return;
  q.recovery = "reading";
  q.tabEffects.readLocked();
}

/** What stood in the queues that are this page's now. For `doubtful` see `Effects.joined`. */
export function recovered(q: TabQueue, entries: readonly Entry[], doubtful: number): void {
  if (q.recovery !== "reading") return;
  look(q);
  const all = [...q.entries, ...entries];
  // In the order of the calls. A page that has started has sent some already, and takes the others as they come.
  if (!q.hasStarted) all.sort((one, other) => (one.key < other.key ? -1 : 1));
  q.recovery = "none";
  q.maySend = true;
  q.hasStarted = true;
  q.entries = [...all.filter(isDue), ...all.filter(waits)];
  const due = entries.filter(isDue).length;
  q.tabEffects.joined(due, entries.length - due, doubtful);
}

/** Puts an operation behind all others but those that wait for a user. False when there was no room to store it. */
export function append(q: TabQueue, operation: Operation): boolean {
  const entry = { key: "", operation, isStored: false };
  if (q.own) write(q, entry);
  // An identify may be of somebody who has left: the visitor's events, which wait for a user, stay behind it.
  let place = q.entries.length;
  if (isDue(entry)) while (waits(q.entries[place - 1])) place--;
  q.entries.splice(place, 0, entry);
  if (!q.isHere) revokeWhere(q, waits);
  return !q.own || entry.isStored;
}

/** What was held has its user now. */
export function replace(q: TabQueue, index: number, operation: Operation): void {
  const { key } = q.entries[index] as Entry;
  const entry = { key, operation, isStored: false };
  if (key) store(q.tabEffects, entry);
  q.entries[index] = entry;
}

function write(q: TabQueue, entry: Entry): void {
  entry.key = recordKey(q.own, q.written++);
  store(q.tabEffects, entry);
}

export function store(storage: Pick<Effects, "set">, entry: Entry): void {
  entry.isStored = storage.set(entry.key, JSON.stringify(entry.operation));
}

/** Takes operations out that were settled. */
export function take(q: TabQueue, offset: number, count: number): void {
  for (const { key } of q.entries.splice(offset, count)) {
    // Also what found no room: a copy of it may have.
    if (isLocked(q, key)) q.tabEffects.remove(key);
    else if (q.tabEffects.get(key)) q.tabEffects.set(key, "");
  }
}

/** Is the record in a queue whose lock this page has? */
export const isLocked = ({ queues }: TabQueue, key: string): boolean => queues[queueOf(key)] === true;

/** Every operation here is this page's own, or was recovered from a page that is gone. */
export const isOpen = ({ isHere, maySend }: TabQueue): boolean => isHere && maySend;

const waits = (entry?: Entry): boolean => isHeld(entry?.operation);

const isDue = (entry: Entry): boolean => !waits(entry);

/** Before each request: what others have settled, or have taken, is not this page's to send. */
export function look(q: TabQueue): void {
  revokeWhere(q, ({ key }) => {
    const isMine = isLocked(q, key);
    const text = q.tabEffects.get(key);
    if (text === "" && isMine) q.tabEffects.remove(key);
    // Of a page that has had the lock all the time, what is gone was cleared away by the app. Else others have settled it.
    const isSettled = text === null ? !(isMine && isOpen(q)) : text !== undefined && text <= DISCARDED;
    return isSettled || (q.isHere && !(queueOf(key) in q.queues));
  });
}

/** The page may be frozen, or gone: others may recover what it has. */
export function leave(q: TabQueue): void {
  if (!q.isHere) return;
  if (!q.hasStarted && q.tabEffects.isAlone()) {
    // Where nobody else has anything stored, there is no need to know more than that.
    q.recovery = "reading";
    recovered(q, [], 0);
  }
  letGo(q);
  // Whoever has the lock turns these into others as soon as there is a user, and nobody else may. They are read again.
  revokeWhere(q, waits);
}

/** The client was shut down, and nothing of it is in flight any more. */
export function end(q: TabQueue): void {
  letGo(q);
  q.maySend = false;
}

function letGo(q: TabQueue): void {
  const { tabEffects: effects, entries } = q;
  for (const entry of isOpen(q) ? entries : []) {
    // What the app has cleared away, with the rest of its storage, must not end with the page. What this page has not written
    // itself another one may have removed, just before this one read it.
    const isMissing = !entry.isStored || (queueOf(entry.key) === q.own && effects.get(entry.key) === null);
    if (isMissing && isLocked(q, entry.key)) store(effects, entry);
  }
  effects.letGo(Object.keys(q.queues));
  q.queues = {};
  q.recovery = "none";
  q.isHere = false;
}

/** From now on records go into a queue that no other page has ever had. */
function renew(q: TabQueue): void {
  q.own = q.tabEffects.newId();
  q.written = 0;
  ask(q, [q.own]);
}

function ask(q: TabQueue, queues: readonly string[]): void {
  for (const queue of queues) {
    if (queue in q.queues) continue;
    q.queues[queue] = false;
    q.tabEffects.requestLock(queue);
  }
}

function revokeWhere(q: TabQueue, isLost: (entry: Entry) => boolean): void {
  for (let index = q.entries.length - 1; index >= 0; index--) {
    const entry = q.entries[index] as Entry;
    if (!entry.isStored || !isLost(entry)) continue;
    q.entries.splice(index, 1);
    q.tabEffects.revoked(index);
  }
}
