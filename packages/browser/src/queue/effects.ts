/** Carries out what the machine of the tab queue asks for: storage, locks, and what the client has to know. */
import {
  adopt,
  type DeviceRecord,
  type DropReason,
  joinHeld,
  joinQueue,
  lose,
  restore,
  tell,
  withdraw,
} from "@whisperr/core";
import { LEFT, queueOf, RECORD } from "../storage/keys.ts";
import type { Storage } from "../storage/storage.ts";
import { type InFlight, readInFlight } from "./in-flight.ts";
import { letSend } from "./lease.ts";
import type { SharedQueue } from "./shared-queue.ts";
import type { Entry } from "./state.ts";
import { type Effects, found, isLocked, lockAnswered, recovered, store } from "./tab-queue.ts";

/** Of a queue id: when it was made, and something that no other page draws in the same millisecond. */
const TIME_LENGTH = 9;
const RANDOM_LENGTH = 6;

/** Pages of a tab that may still have their locks, and then some. */
const MAX_LEFT = 30;

type Copy = ReadonlyMap<string, string>;

export function effectsOf(shared: SharedQueue): Effects {
  const { q, ports } = shared;
  const { storage, tab, locks } = ports;
  const ends = new Map<string, () => void>();
  let rounds = 0;

  const left = () => (tab.get(LEFT) ?? "").split(" ");

  /** With the durable copy, where there is one. Not for a search that the page has ended meanwhile, or begun anew. */
  function withCopy(task: (copy?: Copy) => void): void {
    const round = ++rounds;
    if (ports.backup) void ports.backup().then((copy) => round === rounds && task(copy));
    else task();
  }

  const fx: Effects = {
    ...storage,
    newId() {
      // Later than every queue there is, whatever the clock says.
      const last = Number.parseInt(queueOf(recordKeys(storage).pop() ?? "").slice(0, TIME_LENGTH), 36) || 0;
      const time = Math.max(Math.floor(ports.nowMs()), last + 1);
      return time.toString(36).padStart(TIME_LENGTH, "0") + ports.uuid().slice(0, RANDOM_LENGTH);
    },
    requestLock(queue) {
      const isLeft = q.stage === "starting" && left().includes(queue);
      const whose = queue === q.own ? "own" : isLeft ? "left" : "other";
      ends.set(
        queue,
        locks.request(queue, whose, (isGranted) => lockAnswered(q, fx, queue, isGranted)),
      );
    },
    freeLock: (queue) => ends.get(queue)?.(),
    find: () =>
      withCopy((copy) => {
        const queues = new Set(recordKeys(storage, copy).map(queueOf));
        // A page that has started looks again later, rather than wait.
        for (const [last, leftMs] of inFlight(shared))
          if (leftMs > 0 && q.stage === "open") queues.delete(queueOf(last));
        found(q, fx, [...queues]);
      }),
    readLocked: () =>
      withCopy((copy) => {
        if (q.recovery !== "reading") return;
        const { entries, lost, doubtful, leaseMs } = readLocked(shared, copy);
        recovered(q, fx, entries, doubtful, leaseMs);
        reportLost(shared.client, lost);
      }),
    leaveBehind: (queues) =>
      void tab.set(LEFT, [...new Set([q.own, ...queues, ...left()])].slice(0, MAX_LEFT).join(" ")),
    revoked: (index) => withdraw(shared.client, index),
    joined(due, held, isFirst, doubtful, leaseMs) {
      const { client } = shared;
      // Core itself waits at its start. Before it hears of what has come in: it may ask at once.
      letSend(shared, isFirst ? 0 : leaseMs);
      joinHeld(client, held);
      if (isFirst) adopt(client, due, doubtful, leaseMs);
      else if (due > 0) joinQueue(client, due);
      ports.syncIdentity();
    },
  };
  return fx;
}

/** What was read of recovered queues. */
interface Found {
  readonly entries: Entry[];
  /** What nobody can use any more, by reason. It is removed already. */
  readonly lost: { [reason in DropReason]?: number };
  /** See `Effects.joined`. */
  doubtful: number;
  leaseMs: number;
}

function readLocked(shared: SharedQueue, copy: Copy | undefined): Found {
  const { q, ports, client } = shared;
  const { storage, leaseMs } = ports;
  const known = new Set(q.entries.map(({ key }) => key));
  const notes = inFlight(shared);
  const found: Found = { entries: [], lost: {}, doubtful: 0, leaseMs: 0 };
  for (const key of recordKeys(storage, copy)) {
    const stored = storage.get(key);
    const text = stored ?? copy?.get(key);
    if (!isLocked(q, key) || text === undefined) continue;
    // Those that this page had before count too: another one may have had them meanwhile, and sent them when it was left.
    const leftMs = leaseOf(notes, key);
    found.leaseMs = Math.max(found.leaseMs, Math.min(leftMs ?? 0, leaseMs));
    if (known.has(key)) continue;
    const operation = text && restore(client, text);
    if (typeof operation === "string") {
      storage.remove(key);
      if (operation) found.lost[operation] = (found.lost[operation] ?? 0) + 1;
      continue;
    }
    const entry = { key, operation, isStored: true };
    // It may be other than it was, or known from the copy only.
    if (JSON.stringify(operation) !== stored) store(storage, entry);
    found.entries.push(entry);
    if (leftMs !== undefined) found.doubtful = found.entries.length;
  }
  return found;
}

/** How long a request that carries it may still be under way; undefined when none was noted. */
function leaseOf(notes: InFlight, key: string): number | undefined {
  let most: number | undefined;
  for (const [last, leftMs] of notes)
    if (queueOf(last) === queueOf(key) && key <= last) most = Math.max(most ?? 0, leftMs);
  return most;
}

function reportLost(client: DeviceRecord, lost: Found["lost"]): void {
  for (const [reason, count] of Object.entries(lost)) {
    client.accepted += count;
    lose(client, reason as DropReason, count);
  }
  tell(client);
}

const inFlight = ({ q, ports }: SharedQueue) => readInFlight(ports.storage, q.note, ports.nowMs());

const recordKeys = (storage: Storage, copy?: Copy) =>
  [...new Set([...storage.keys(), ...(copy?.keys() ?? [])])].filter((key) => key.startsWith(RECORD)).sort();
