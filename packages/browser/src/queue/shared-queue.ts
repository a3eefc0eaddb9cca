/**
 * The queue that the client of one page shares with other pages: the client's outbox on one side, and on the other what pages
 * do to each other's operations (`effects.ts`). The client asks before each request.
 */
import type { DeviceRecord, Outbox, Ports } from "@whisperr/core";
import { IN_FLIGHT } from "../storage/keys.ts";
import type { Storage } from "../storage/storage.ts";
import { effectsOf } from "./effects.ts";
import { noteText } from "./in-flight.ts";
import type { TabLocks } from "./locks.ts";
import { newTabQueue, type TabQueue } from "./state.ts";
import { append, type Effects, look, maySend, take } from "./tab-queue.ts";

export interface SharedPorts extends Pick<Ports, "timers" | "nowMs" | "uuid"> {
  readonly storage: Storage;
  /** Of the tab: what its next page finds. */
  readonly tab: Storage;
  /** Records that outlived the storage. */
  readonly backup?: (() => Promise<ReadonlyMap<string, string>>) | undefined;
  readonly locks: TabLocks;
  /** The longest time for which a request of a page that is gone is waited for. */
  readonly leaseMs: number;
  /** An operation found no room in the storage. */
  readonly onFull: () => void;
  /** The last request has just failed without an answer, and may be arriving all the same. */
  readonly justFailed: () => boolean;
  /** Sees to what other pages have made of the identity. */
  readonly syncIdentity: () => void;
}

export interface SharedQueue {
  readonly q: TabQueue;
  readonly fx: Effects;
  readonly ports: SharedPorts;
  /** Has `outboxOf` this queue. */
  client: DeviceRecord;
  /** What another page had in flight may still arrive: this one sends nothing. */
  isLeased: boolean;
  /** Requests that wait until they may leave. */
  readonly waiting: (() => void)[];
}

export function newSharedQueue(ports: SharedPorts): SharedQueue {
  const shared = { q: newTabQueue(), ports, isLeased: false, waiting: [] as (() => void)[] } as SharedQueue;
  return Object.assign(shared, { fx: effectsOf(shared) });
}

export function outboxOf({ q, fx, ports }: SharedQueue): Outbox {
  const { storage, leaseMs, nowMs } = ports;
  return {
    get size() {
      return q.entries.length;
    },
    append(operation) {
      if (!append(q, fx, operation)) ports.onFull();
    },
    at: (index) => q.entries[index]?.operation,
    remove: (offset, count) => take(q, fx, offset, count),
    inFlight(count) {
      if (count > 0) {
        q.note = IN_FLIGHT + q.own;
        const keys = q.entries.slice(0, count).map(({ key }) => key);
        storage.set(q.note, noteText(keys, nowMs() + leaseMs));
      } else if (!ports.justFailed()) storage.remove(q.note);
    },
  };
}

/** Resolves when a request may leave. What is not this page's to send is out of the queue then. */
export async function readyToSend(shared: SharedQueue): Promise<void> {
  const { q, fx, ports, waiting } = shared;
  while (shared.isLeased || !maySend(q)) await new Promise<void>((resolve) => waiting.push(resolve));
  ports.locks.check();
  look(q, fx);
}
