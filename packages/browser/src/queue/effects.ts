/** Carries out what the machine of the tab queue asks for: storage, locks, and what the client has to know. */
import {
  adopt,
  type DropReason,
  lose,
  restore,
  syncIdentity,
  type TrackOperation,
  tell,
  transmit,
  withdraw,
} from "@whisperr/core";
import type { Page } from "../page/page.ts";
import { LEFT, queueOf, RECORD } from "../storage/keys.ts";
import type { Copy, Storage } from "../storage/storage.ts";
import type { Whose } from "./locks.ts";
import { mayArrive, readInFlight, takeOver, waitOut } from "./outbox.ts";
import type { Effects, Entry } from "./state.ts";
import { found, isLocked, lockAnswered, recovered, store } from "./tab-queue.ts";

/** Of a queue id: when it was made, and something that no other page draws in the same millisecond. */
const TIME_LENGTH = 9;
const RANDOM_LENGTH = 6;

/** The API takes nothing older; and what somebody left behind, an address in it perhaps, stays no longer. */
const MAX_AGE_MS = 30 * 24 * 3_600_000;

/** Pages of a tab that may still have their locks, and then some. */
const MAX_LEFT = 30;

export function effectsOf(page: Page): Effects {
  const { storage, tab } = page;
  const ends: { [queue: string]: () => void } = {};
  const left = () => (tab.get(LEFT) ?? "").split(" ");
  /** Of pages that were left, in this tab or another one, with something in flight. */
  let leftInFlight: string[] = [];

  return {
    ...storage,
    newId() {
      // Later than every queue there is, whatever the clock says.
      const last = Number.parseInt(queueOf(recordKeys(storage).pop() ?? "").slice(0, TIME_LENGTH), 36) || 0;
      const time = Math.max(Math.floor(page.nowMs()), last + 1);
      return time.toString(36).padStart(TIME_LENGTH, "0") + page.uuid().slice(0, RANDOM_LENGTH);
    },
    requestLock(queue) {
      let whose: Whose = queue === page.own ? "own" : "other";
      if (!page.maySend && leftInFlight.includes(queue)) whose = "closed";
      if (!page.maySend && left().includes(queue)) whose = "left";
      const answer = (isGranted: boolean) => lockAnswered(page, queue, isGranted);
      ends[queue] = page.locks.request(queue, whose, answer);
    },
    find: () =>
      withCopy(storage, (copy) => {
        const queues = new Set(recordKeys(storage, copy).map(queueOf));
        // A page that has started looks again later, rather than wait.
        const running = readInFlight(page).filter(({ leftMs }) => leftMs > 0);
        if (page.maySend) for (const { last } of running) queues.delete(queueOf(last));
        leftInFlight = running.filter(({ isLeft }) => isLeft).map(({ last }) => queueOf(last));
        found(page, [...queues]);
      }),
    readLocked: () => withCopy(storage, (copy) => recover(page, copy)),
    isAlone: () => recordKeys(storage).every((key) => queueOf(key) === page.own),
    letGo(queues) {
      tab.set(LEFT, [...new Set([...queues, ...left()])].slice(0, MAX_LEFT).join(" "));
      for (const queue of queues) ends[queue]?.();
    },
    revoked: (index) => withdraw(page, index),
    joined(due, held, doubtful) {
      adopt(page, due, held, doubtful);
      // With nothing queued there is nothing to see to, and no visitor to be made for it.
      if (page.entries.length > 0) syncIdentity(page);
      void transmit(page);
    },
  };
}

/** With the durable copy of the records, where there is one. */
function withCopy({ backup }: Storage, task: (copy?: Copy) => void): void {
  if (backup) void backup().then(task);
  else task();
}

/** Reads what stands in the locked queues. What nobody can use any more is removed and reported. */
function recover(page: Page, copy: Copy | undefined): void {
  const { storage } = page;
  if (page.recovery !== "reading") return;
  const known = new Set(page.entries.map(({ key }) => key));
  const lost: { [reason in DropReason]?: number } = {};
  const entries: Entry[] = [];
  let doubtful = 0;
  let [queue, atMs] = ["", 0];
  const inFlight = readInFlight(page).filter(({ last }) => isLocked(page, last));
  // Of what this page had before, too: another one may have had it meanwhile, and sent it when it was left.
  takeOver(page, inFlight);
  waitOut(page, inFlight);
  // A client that is being shut down sends what it has, and recovers nothing more.
  for (const key of page.stopping && page.hasStarted ? [] : recordKeys(storage, copy)) {
    const stored = storage.get(key);
    const text = stored ?? copy?.get(key);
    if (!isLocked(page, key) || known.has(key) || text === undefined) continue;
    if (queueOf(key) !== queue) {
      queue = queueOf(key);
      atMs = Number.parseInt(queue.slice(0, TIME_LENGTH), 36);
    }
    let operation = text && restore(page, text);
    // An identify has no time of its own: it came after what stands before it.
    if (Object(operation).kind === "track") atMs = (operation as TrackOperation).atMs;
    if (operation && page.nowMs() - atMs > MAX_AGE_MS) operation = "too_old";
    if (typeof operation === "string") {
      storage.remove(key);
      if (operation) lost[operation] = (lost[operation] ?? 0) + 1;
      continue;
    }
    const entry = { key, operation, isStored: true };
    // It may be other than it was, or known from the copy only.
    if (JSON.stringify(operation) !== stored) store(storage, entry);
    entries.push(entry);
    if (mayArrive(inFlight, key)) doubtful = entries.length;
  }
  recovered(page, entries, doubtful);
  for (const [reason, count] of Object.entries(lost)) {
    page.accepted += count;
    lose(page, reason as DropReason, count);
  }
  tell(page);
}

const recordKeys = (storage: Storage, copy?: Copy) =>
  [...new Set([...storage.keys(), ...(copy?.keys() ?? [])])].filter((key) => key.startsWith(RECORD)).sort();
