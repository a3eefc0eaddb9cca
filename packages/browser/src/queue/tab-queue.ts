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
  freeLock(queue: string): void;
  /** Names the queues that have records. */
  find(): void;
  /** Reads the records of the locked queues, those aside that are in `entries`. */
  readLocked(): void;
  /** The text of a record; null where there is none, empty where its operation was settled. */
  get(key: string): string | null;
  /** False when there was no room. */
  set(key: string, text: string): boolean;
  remove(key: string): void;
  /** The next page of this tab is to wait for these, and for this page's own. */
  leaveBehind(queues: readonly string[]): void;
  /** The operation at `index` is not in `entries` any more: it was another page's. */
  revoked(index: number): void;
  /**
   * `due` operations, and `held` ones, of other pages have come in: in front, the first time, and at the end from then on.
   * The first `doubtful` may have been under way when their page ended, and may be so for `leaseMs` yet.
   */
  joined(due: number, held: number, isFirst: boolean, doubtful: number, leaseMs: number): void;
}

/** The page starts, or comes back: asks for its own queue, for those it had before, and for those of dead pages. */
export function start(q: TabQueue, fx: Effects): void {
  if (isHere(q)) return;
  q.stage = "starting";
  q.recovery = "finding";
  const had = q.entries.filter(({ key }) => fx.get(key)).map(({ key }) => queueOf(key));
  renew(q, fx);
  ask(q, fx, had);
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
  ask(q, fx, queues);
  readWhenAnswered(q, fx);
}

/** Also of a lock that is lost while the page lives. */
export function lockAnswered(q: TabQueue, fx: Effects, queue: string, isGranted: boolean): void {
  q.asked = q.asked.filter((one) => one !== queue);
  q.locked = q.locked.filter((one) => one !== queue);
  if (isGranted) q.locked.push(queue);
  // Another page took it for a dead one's, with everything that stands in it.
  else if (queue === q.own) renew(q, fx);
  readWhenAnswered(q, fx);
}

function readWhenAnswered(q: TabQueue, fx: Effects): void {
  if (q.recovery !== "locking" || q.asked.length > 0) return;
  q.recovery = "reading";
  if (q.isStopping && q.hasStarted) recovered(q, fx, [], 0, 0);
  else fx.readLocked();
}

/** What stood in the queues that are this page's now. For `doubtful` and `leaseMs` see `Effects.joined`. */
export function recovered(
  q: TabQueue,
  fx: Effects,
  entries: readonly Entry[],
  doubtful: number,
  leaseMs: number,
): void {
  if (q.recovery !== "reading") return;
  look(q, fx);
  const isFirst = !q.hasStarted;
  q.recovery = "none";
  q.stage = "open";
  q.hasStarted = true;
  q.entries.push(...entries);
  // In the order of the calls. A page that has started has sent some already, and takes the others as they come.
  const order = (one: Entry, other: Entry) => (isFirst ? (one.key < other.key ? -1 : 1) : 0);
  q.entries.sort((one, other) => Number(waits(one)) - Number(waits(other)) || order(one, other));
  const held = entries.filter(waits).length;
  fx.joined(entries.length - held, held, isFirst, doubtful, leaseMs);
}

/** Puts an operation at the end. False when there was no room to store it. */
export function append(q: TabQueue, fx: Effects, operation: Operation): boolean {
  const entry = { key: recordKey(q.own, q.written++), operation, isStored: false };
  store(fx, entry);
  q.entries.push(entry);
  if (!isHere(q)) revokeHeld(q, fx);
  return entry.isStored;
}

export function store(fx: Pick<Effects, "set">, entry: Entry): void {
  entry.isStored = fx.set(entry.key, JSON.stringify(entry.operation));
}

/** Takes operations out that were settled. */
export function take(q: TabQueue, fx: Effects, offset: number, count: number): void {
  for (const { key, isStored } of q.entries.splice(offset, count)) {
    if (!isStored) continue;
    if (isLocked(q, key)) fx.remove(key);
    else if (fx.get(key)) fx.set(key, "");
  }
}

/** May a request leave now? */
export const maySend = ({ stage }: TabQueue): boolean => stage === "open" || stage === "leaving";

/** Is the record in a queue whose lock this page has? */
export const isLocked = ({ locked }: TabQueue, key: string): boolean => locked.includes(queueOf(key));

const isHere = ({ stage }: TabQueue): boolean => stage === "open" || stage === "starting";

const waits = ({ operation }: Entry): boolean => isHeld(operation);

/** Before each request: what others have settled, or have taken, is not this page's to send. */
export function look(q: TabQueue, fx: Effects): void {
  revokeWhere(q, fx, ({ key }) => {
    const isMine = isLocked(q, key);
    const text = fx.get(key);
    if (text === "" && isMine) fx.remove(key);
    // Of a page that has had the lock all the time, what is gone was cleared away by the app. Else others have settled it.
    const isSettled = isMine && q.stage === "open" ? text === "" : !text;
    return isSettled || (isHere(q) && !isMine && !q.asked.includes(queueOf(key)));
  });
}

/** The page may be frozen, or gone: others may recover what it has. */
export function leave(q: TabQueue, fx: Effects): void {
  if (!isHere(q)) return;
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
  for (const entry of q.stage === "open" ? q.entries : []) {
    // What the app has cleared away, with the rest of its storage, must not end with the page.
    const isMissing = !entry.isStored || fx.get(entry.key) === null;
    if (isMissing && isLocked(q, entry.key)) store(fx, entry);
  }
  fx.leaveBehind([...q.locked, ...q.asked]);
  for (const queue of [...q.locked, ...q.asked]) fx.freeLock(queue);
  q.locked = [];
  q.asked = [];
  q.recovery = "none";
}

/** From now on records go into a queue that no other page has ever had. */
function renew(q: TabQueue, fx: Effects): void {
  q.own = fx.newId();
  q.written = 0;
  ask(q, fx, [q.own]);
}

function ask(q: TabQueue, fx: Effects, queues: readonly string[]): void {
  for (const queue of queues) {
    if (q.locked.includes(queue) || q.asked.includes(queue)) continue;
    q.asked.push(queue);
    fx.requestLock(queue);
  }
}

/** Whoever has the lock turns these into others as soon as there is a user, and nobody else may. They are read again. */
const revokeHeld = (q: TabQueue, fx: Effects): void => revokeWhere(q, fx, waits);

function revokeWhere(q: TabQueue, fx: Effects, isLost: (entry: Entry) => boolean): void {
  for (let index = q.entries.length - 1; index >= 0; index--) {
    const entry = q.entries[index] as Entry;
    if (!entry.isStored || !isLost(entry)) continue;
    q.entries.splice(index, 1);
    fx.revoked(index);
  }
}
