/**
 * One client for all requests: what the machine of `requests.ts` asks for is done here, in those requests. Each runs a loop
 * of its own (`attend`), in its own context; others wake it through a promise, which is all that requests may do to each
 * other.
 */
import {
  abandoned,
  EFFECTS,
  type Effects,
  type FlushResult,
  flush,
  guard,
  restMs,
  retryNow,
  step,
  timerFired,
  transmit,
} from "@whisperr/core";
import { deferred } from "./deferred.ts";
import type { EdgeClient } from "./edge-client.ts";
import {
  adjust,
  awaitNext,
  came,
  expired,
  initialRequests,
  lost,
  moveUp,
  type OpenRequest,
  type RequestEffects,
  type Requests,
} from "./requests.ts";
import { cutOff, endOfRequest, isUnderWay, keepOpen, mayResume, resume } from "./under-way.ts";

/** Core's record, with more in it. */
export interface SharedClient extends EdgeClient, InRequests {
  readonly effects: Effects;
}

/** What is more. */
export interface InRequests extends Requests {
  readonly effects: Effects;
  /** A call was made, and those that follow without a wait in between are of the same request. So is the making of a client. */
  isCalling: boolean;
  /** While delivery pauses for the interval that the app gave. `true`: to go on. */
  endPause: ((resumes: boolean) => void) | undefined;
}

export function initialInRequests(): InRequests {
  return {
    effects: EFFECTS_IN_REQUESTS,
    requests: initialRequests(),
    requestEffects: REQUEST_EFFECTS,
    isCalling: true,
    endPause: undefined,
  };
}

/** An open request, beyond what the machine knows of it. */
interface AttendedRequest extends OpenRequest {
  deadlineMs?: number;
  /** Delivery's timer, if it was set here. */
  timer?: unknown;
  wake?: () => void;
}

/** The time that delivery waits for. Any open request may set a timer for what is left until then. */
interface Alarm {
  readonly dueMs: number;
  readonly delayMs: number;
}

/** A request whose deadline is this far gone was ended by its platform: its timer would have fired. */
const OVERDUE_MS = 1000;

/** The port `onStep`. Whatever came into the queue came from a call of the app, whose request this is. */
export function adjustRequests(client: SharedClient): void {
  const { requests, pending } = client;
  const isCall = requests.assigned < pending;
  if (isCall && !client.isCalling) {
    client.isCalling = true;
    requests.caller++;
    void Promise.resolve().then(() => {
      client.isCalling = false;
    });
  }
  adjust(client, pending, isUnderWay(client));
  if (isCall) findLost(client);
  if (!mayResume(client)) {
    client.endPause?.(false);
    client.endPause = undefined;
    // Outside of any request not even a timer may be set.
  } else if (client.endPause === undefined) pause(client).catch(() => {});
}

/** In the request whose code runs now, which nobody else may clear a timer of; it is not held for this. */
async function pause(client: SharedClient): Promise<void> {
  const { requests, ports } = client;
  const over = deferred<boolean>();
  const timer = ports.timers.set(() => over.resolve(true), restMs(client));
  client.endPause = over.resolve;
  const resumes = await over.promise;
  ports.timers.clear(timer);
  if (!resumes) return;
  // All that waits is this request's now.
  requests.assigned = 0;
  resume(client);
}

/** On Workers a promise ends with the request that made it, so nobody may wait for another's. */
export function flushAlone(client: SharedClient): Promise<FlushResult> {
  return flushIn(client, () => flush(client, true));
}

/** A call that waits for all that is queued. It goes on in its own request, whichever delivers. */
export function flushIn<Result>(client: SharedClient, call: () => Promise<Result>): Promise<Result> {
  const { requests } = client;
  const flushed = deferred<Result>();
  requests.assigned = 0;
  void call().then(flushed.resolve);
  requests.assigned = client.pending;
  return flushed.promise;
}

/** Those that their platform has ended without a word. */
function findLost(client: SharedClient): void {
  const open: AttendedRequest[] = client.requests.open;
  const overdueMs = client.ports.nowMs() - OVERDUE_MS;
  for (let oldest = open[0]; oldest && (oldest.deadlineMs ?? overdueMs) < overdueMs; oldest = open[0])
    lost(client, oldest);
}

/** In place of core's own: delivery waits, and sends, where the machine of the requests says. */
const EFFECTS_IN_REQUESTS: Effects = {
  ...EFFECTS,
  send: (client: SharedClient) => awaitNext(client, "sending"),
  wake(client: SharedClient, afterMs) {
    const alarm: Alarm = { dueMs: client.ports.nowMs() + afterMs, delayMs: afterMs };
    client.timer = afterMs > 0 ? alarm : undefined;
    awaitNext(client, afterMs > 0 ? "timer" : "nothing");
  },
  remove(client: SharedClient, offset, count, rejected) {
    moveUp(client, offset, count);
    EFFECTS.remove(client, offset, count, rejected);
  },
  drop(client: SharedClient, offset, count, reason) {
    moveUp(client, offset, count);
    EFFECTS.drop(client, offset, count, reason);
  },
};

function wake(_client: Requests, request: AttendedRequest): void {
  request.wake?.();
}

const REQUEST_EFFECTS: RequestEffects = {
  open(client: SharedClient, request: AttendedRequest) {
    request.deadlineMs = client.ports.nowMs() + client.config.waitUntilTimeoutMs;
    // Where not even a timer may be set, outside of any request, operations wait for the first call inside one.
    keepOpen(
      client,
      attend(client, request).catch(() => lost(client, request)),
    );
  },
  close: wake,
  wake,
  setTimer,
  send: (client: SharedClient) => void transmit(client),
  cutOff: (client: SharedClient) => cutOff(client),
  recover(client: SharedClient) {
    step(client, () => {
      abandoned(client);
      retryNow(client);
    });
  },
  abandon: (client: SharedClient) => endOfRequest(client),
};

/** Runs in the request from beginning to end: others only wake it. */
async function attend(client: SharedClient, request: AttendedRequest): Promise<void> {
  const { config, requests } = client;
  const { timers } = client.ports;
  const deadline = timers.set(() => guard(client, () => expired(client, request)), config.waitUntilTimeoutMs);
  while (requests.open.includes(request)) {
    const woken = deferred<void>();
    request.wake = woken.resolve;
    came(client, request);
    await woken.promise;
  }
  // Here, and nowhere else: another request has timers of the same numbers.
  timers.clear(deadline);
  timers.clear(request.timer);
}

function setTimer(client: SharedClient, request: AttendedRequest): void {
  const { timers, nowMs } = client.ports;
  const alarm = client.timer as Alarm;
  timers.clear(request.timer);
  // A clock that jumped back must not prolong the wait.
  const leftMs = Math.min(alarm.delayMs, Math.max(0, alarm.dueMs - nowMs()));
  request.timer = timers.set(() => {
    // Delivery may have gone on since.
    if (client.timer !== alarm) return;
    client.timer = undefined;
    guard(client, () => step(client, timerFired));
  }, leftMs);
}
