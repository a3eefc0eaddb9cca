/**
 * One client for all requests: what the machine of `requests.ts` asks for is done here, in those requests. Each runs a loop
 * of its own (`attend`), in its own context; others wake it through a promise, which is all that requests may do to each
 * other.
 */
import { type Client, EFFECTS, type Effects, type Outbox } from "@whisperr/core";
import type { EdgeConfig } from "../edge-options.ts";
import { adjust, awaitNext, lost, moveUp, type Requests, waitFor } from "./requests.ts";
import { isUnderWay } from "./under-way.ts";

export interface SharedClient extends Requests {
  readonly client: Client;
  readonly config: EdgeConfig;
  /** Oldest first. */
  readonly attending: Map<number, Attending>;
  /** The request of the call that runs now, and of those that follow without a wait in between; 0: there is none. */
  caller: number;
  /** Ids so far. */
  callers: number;
}

/** An open request, beyond what the machine knows of it. */
export interface Attending {
  readonly deadlineMs: number;
  /** Delivery's timer, if it was set here. */
  timer: unknown;
  isOver: boolean;
  wake(): void;
}

/** What delivery waits for as its timer: any request may set one, for what is left of the wait. */
export interface Alarm {
  readonly dueMs: number;
  readonly delayMs: number;
}

/** A request whose deadline is this far gone was ended by its platform: its timer would have fired. */
const OVERDUE_MS = 1000;

/** Runs a call of the app. `waitsForAll`: for everything that is queued, and not only for its own. */
export function callIn<Result>(shared: SharedClient, call: () => Result, waitsForAll = false): Result {
  const { client } = shared;
  if (shared.caller === 0) {
    shared.caller = ++shared.callers;
    void Promise.resolve().then(() => {
      shared.caller = 0;
    });
  }
  if (waitsForAll) waitFor(shared, shared.caller, 0, client.outbox.size);
  try {
    return call();
  } finally {
    adjust(shared, isUnderWay(client));
    findLost(shared);
  }
}

/** Those that their platform has ended without a word. */
function findLost(shared: SharedClient): void {
  const nowMs = shared.client.ports.nowMs();
  for (const [id, { deadlineMs }] of shared.attending) {
    if (nowMs <= deadlineMs + OVERDUE_MS) return;
    lost(shared, id);
  }
}

/** What takes the place of core's own effects: delivery waits, and sends, where the machine of the requests says. */
export function effectsIn(shared: SharedClient): Effects {
  return {
    ...EFFECTS,
    send: () => awaitNext(shared, "sending"),
    wake(machine, afterMs) {
      const client = machine as Client;
      client.timer = afterMs > 0 ? { dueMs: client.ports.nowMs() + afterMs, delayMs: afterMs } : undefined;
      awaitNext(shared, afterMs > 0 ? "timer" : "nothing");
    },
  };
}

/** The same outbox, where each operation is waited for by the request of its call. */
export function outboxIn(shared: SharedClient, outbox: Outbox): Outbox {
  return {
    get size() {
      return outbox.size;
    },
    at: (index) => outbox.at(index),
    append(operation) {
      outbox.append(operation);
      waitFor(shared, shared.caller, outbox.size - 1, outbox.size);
    },
    remove(offset, count) {
      moveUp(shared, offset, count);
      outbox.remove(offset, count);
    },
    inFlight: (count) => outbox.inFlight?.(count),
  };
}
