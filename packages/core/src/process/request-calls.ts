/**
 * What the middleware of a framework needs of a client, beside its API: calls without a user, and calls of a user who is still
 * looked up. The latter are recorded at the call, with the moment and the values they had, and queued once the user is known.
 */
import type { Client } from "../client/client.ts";
import type { UserClient } from "../client/server-client.ts";
import { identifyBody } from "../events/identify-body.ts";
import type { Operation, TrackOperation } from "../events/operation.ts";
import { applyBeforeSend, createRecorder, type Recorder, recordEvent } from "../events/recorder.ts";
import { quote } from "../events/refusal.ts";
import { checkUserId, stringify } from "../events/snapshot.ts";
import { countDropped, refuse, tell } from "../loop/books.ts";
import { enqueue } from "../loop/queue.ts";
import type { WhisperrOptions } from "../options.ts";
import { counted } from "../report/counted.ts";
import { printDebug, report, warningsOf, warnOnce } from "../report/reporter.ts";

/** Where the client of a process keeps what middleware needs; the same symbol in every copy of this file. */
export const requestCalls: unique symbol = Symbol.for("whisperr.request-calls 1");

/** What the middleware of a framework needs of a client, beside its API: nothing that its type tells apps of. */
export interface RequestCalls {
  /** A call has no user: it is counted as `no_user`. The app is told, or only `debug` is. */
  leaveOut(message: string, isTold: boolean): void;
  /** Whose call it is could not be found out. */
  fail(call: string, why: Error): void;
  /**
   * The calls of a user who is still looked up. `user` never rejects; undefined: there is none, and `leaveOut` hears of each call; an
   * Error: see `fail()`. Those that share a `user` keep their order.
   */
  later(user: Promise<unknown>, leaveOut: (call: string) => void): UserClient;
  /** Resolves when the calls that wait now are queued; undefined when none waits. */
  queued(): Promise<unknown> | undefined;
  /** How many wait now. */
  waiting(): number;
  /** How many have waited so far. */
  waited(): number;
  /** Nobody waits for their users any longer: they are dropped. */
  giveUp(): void;
}

/** Of a client: made when middleware first asks for them. */
export interface Lookups {
  calls?: RequestCalls;
}

/** Those of a client; undefined where it lives in no process, and of one that is disabled. */
export function requestCallsOf(whisperr: object): RequestCalls | undefined {
  return (whisperr as { readonly [requestCalls]?: RequestCalls })[requestCalls];
}

export function createRequestCalls(client: Client, options: WhisperrOptions): RequestCalls {
  const waiting = new Set<Promise<void>>();
  let waited = 0;
  // One of its own: beforeSend sees an event whole, and this one makes events without a user.
  let made: Recorder | undefined;
  const warn = warningsOf(client.reporter);
  const recorder = () => (made ??= createRecorder({ ...options, beforeSend: undefined }, warn));

  function wait(
    user: Promise<unknown>,
    leaveOut: (call: string) => void,
    name: string,
    operation: Operation,
  ) {
    if (waiting.size >= client.config.maxQueueSize)
      return refuse(client, "queue_full", `${name} was dropped: too many calls wait for their user.`);
    const queued = user.then((id) => {
      if (!waiting.delete(queued)) return;
      if (id === undefined) return leaveOut(name);
      if (id instanceof Error) return fail(name, id);
      const make = () => owned(operation, checkUserId(id), options.beforeSend, { warn });
      enqueue(client, () => name, make);
    });
    waiting.add(queued);
    waited += 1;
    // The process has something to lose.
    tell(client);
  }

  const fail = (call: string, { message }: Error) =>
    refuse(client, "invalid_user_id", `${call} was dropped: ${message}.`);

  return {
    fail,
    leaveOut(message, isTold) {
      const { reporter } = client;
      if (isTold && (reporter.onError || reporter.debug)) return refuse(client, "no_user", message);
      client.accepted += 1;
      countDropped(client, "no_user", 1);
      // Not as other errors are: onError would not get the next ones either.
      if (isTold) warnOnce(reporter, "no_user", message);
      else printDebug(reporter, message);
      tell(client);
    },
    queued: () => (waiting.size > 0 ? Promise.all(waiting) : undefined),
    waiting: () => waiting.size,
    waited: () => waited,
    giveUp() {
      const count = waiting.size;
      if (count === 0) return;
      waiting.clear();
      const reason = "shut_down";
      client.accepted += count;
      countDropped(client, reason, count);
      const message = `${counted(count, "call")} came too late: the user was still looked up when time was over.`;
      report(client.reporter, { type: "dropped", reason, count, message });
      tell(client);
    },
    later(user, leaveOut) {
      const call = (name: string, make: () => Operation | undefined) =>
        enqueue(
          client,
          () => name,
          make,
          (_client, operation) => wait(user, leaveOut, name, operation),
        );
      return {
        track(event, properties, context) {
          const make = () => recordEvent(recorder(), client, {}, event, properties, context);
          call(`track(${quote(event)})`, make);
        },
        identify: (identity) =>
          call("identify()", () => ({ kind: "identify", body: identifyBody("", identity, recorder()) })),
      };
    },
  };
}

/** What was recorded without a user, as the user's. */
function owned(
  operation: Operation,
  userId: string,
  beforeSend: WhisperrOptions["beforeSend"],
  hearer: Pick<Recorder, "warn">,
): Operation | undefined {
  if (operation.kind === "identify")
    return { kind: "identify", body: stringify({ ...JSON.parse(operation.body), external_user_id: userId }) };
  const event: TrackOperation = { ...operation, userId };
  return beforeSend ? applyBeforeSend(event, beforeSend, hearer) : event;
}
