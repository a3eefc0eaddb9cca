/** Calls that wait for their user: how many there may be, and in which order they are queued. */
import type { Client } from "../client/client.ts";
import type { Operation } from "../events/operation.ts";
import { lengthOf } from "../events/snapshot.ts";
import { countDropped, lose, step, tell } from "../loop/books.ts";
import { append } from "../loop/queue.ts";
import { counted } from "../report/counted.ts";
import { report } from "../report/reporter.ts";
import { isCalled, isOver, type LateIdentifies, lateIdentifies, queueLate } from "./late-identifies.ts";

export interface WaitingCalls {
  readonly client: Client;
  /** Oldest first. */
  readonly calls: Set<WaitingCall>;
  /** What they weigh. */
  bytes: number;
  /** How many there were so far. */
  waited: number;
  /** Some made room for others, and the app may not have heard of all. */
  hasDropped: boolean;
  readonly late: LateIdentifies;
}

interface WaitingCall {
  /** Undefined once it waits no longer: a lookup that goes on holds nothing of it. */
  operation: Operation | undefined;
  readonly bytes: number;
  /** Of an `identify()`, its number; else 0. */
  readonly number: number;
  /** It is queued, or gone. */
  readonly over: Promise<void>;
}

/** What becomes of one whose lookup has ended. `add`: how `enqueue()` is to queue it. */
export type Found = (operation: Operation, id: unknown, add: typeof append) => void;

/** What a call takes beside the app's own text, roughly: as in the queue. */
const CALL_BYTES = 200;

export function waitingCalls(client: Client): WaitingCalls {
  return { client, calls: new Set(), bytes: 0, waited: 0, hasDropped: false, late: lateIdentifies(client) };
}

export function wait(
  waiting: WaitingCalls,
  operation: Operation,
  user: Promise<unknown>,
  found: Found,
): void {
  const { client, late } = waiting;
  const bytes = lengthOf(operation) + CALL_BYTES;
  makeRoom(waiting, bytes);
  const number = operation.kind === "identify" ? isCalled(late) : 0;
  const over = user.then((id) => {
    const own = letGo(waiting, call);
    if (!own) return;
    found(own, id, number > 0 ? (_client, its) => queueLate(late, its, number) : append);
    isOver(late, number);
    if (waiting.calls.size === 0) tellDropped(waiting);
  });
  const call: WaitingCall = { operation, bytes, number, over };
  waiting.calls.add(call);
  waiting.bytes += bytes;
  waiting.waited += 1;
  // The process has something to lose.
  tell(client);
}

/** Undefined when none waits. */
export function allOver({ calls }: WaitingCalls): Promise<unknown> | undefined {
  return calls.size > 0 ? Promise.all([...calls].map(({ over }) => over)) : undefined;
}

/** Nobody is found in time. */
export function giveUp(waiting: WaitingCalls): void {
  const { client, calls, late } = waiting;
  const count = calls.size;
  if (count === 0) return;
  for (const call of calls) {
    letGo(waiting, call);
    isOver(late, call.number);
  }
  const reason = "shut_down";
  client.accepted += count;
  countDropped(client, reason, count);
  const message = `${counted(count, "call")} came too late: the user was still looked up when time was over.`;
  report(client.reporter, { type: "dropped", reason, count, message });
  tell(client);
}

/** For one that weighs `bytes`: as in the queue, the oldest go, and the first of them is told at once. */
function makeRoom(waiting: WaitingCalls, bytes: number): void {
  const { client, calls, late } = waiting;
  const { maxQueueSize, maxQueueBytes } = client.config;
  for (const oldest of calls) {
    if (calls.size < maxQueueSize && waiting.bytes + bytes <= maxQueueBytes) break;
    const gone = letGo(waiting, oldest);
    isOver(late, oldest.number);
    client.accepted += 1;
    lose(client, "queue_full", 1, gone && [gone], undefined, client.evicted);
    client.evicted ??= [];
    waiting.hasDropped = true;
  }
}

/** The others are told with the next step of the queue; here is the last chance where none may come. */
function tellDropped(waiting: WaitingCalls): void {
  if (!waiting.hasDropped) return;
  waiting.hasDropped = false;
  step(waiting.client, () => {});
}

/** It waits no longer. Returns its operation; undefined where it has not waited. */
function letGo(waiting: WaitingCalls, call: WaitingCall): Operation | undefined {
  const { operation } = call;
  call.operation = undefined;
  if (waiting.calls.delete(call)) waiting.bytes -= call.bytes;
  return operation;
}
