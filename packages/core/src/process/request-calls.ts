/**
 * What the middleware of a framework needs of a client, beside its API: calls without a user, and calls of a user who is still
 * looked up. The latter are recorded at the call, with the moment and the values they had, and queued once the user is known.
 */
import type { Client } from "../client/client.ts";
import type { UserClient } from "../client/server-client.ts";
import { identifyBody } from "../events/identify-body.ts";
import type { Operation, TrackOperation } from "../events/operation.ts";
import { applyBeforeSend, type Recorder, recordEvent } from "../events/recorder.ts";
import { quote } from "../events/refusal.ts";
import { checkUserId, stringify } from "../events/snapshot.ts";
import { countDropped, refuse, tell } from "../loop/books.ts";
import { enqueue } from "../loop/queue.ts";
import { printDebug, warnOnce } from "../report/reporter.ts";
import { allOver, type Found, giveUp, wait, waitingCalls } from "./waiting-calls.ts";

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

/** `recorder`: the client's own. */
export function createRequestCalls(client: Client, recorder: Recorder): RequestCalls {
  const waiting = waitingCalls(client);
  // beforeSend sees an event whole, and this one makes events without a user.
  const userless: Recorder = { ...recorder, options: { ...recorder.options, beforeSend: undefined } };
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
    queued: () => allOver(waiting),
    waiting: () => waiting.calls.size,
    waited: () => waiting.waited,
    giveUp: () => giveUp(waiting),
    later(user, leaveOut) {
      const call = (name: string, make: () => Operation | undefined) => {
        const found: Found = (operation, id, add) => {
          if (id === undefined) return leaveOut(name);
          if (id instanceof Error) return fail(name, id);
          const makeOwned = () => owned(operation, checkUserId(id), recorder);
          enqueue(client, () => name, makeOwned, add);
        };
        enqueue(
          client,
          () => name,
          make,
          (_client, operation) => wait(waiting, operation, user, found),
        );
      };
      return {
        track(event, properties, context) {
          const make = () =>
            recordEvent(userless, client, {}, event, properties, context, client.ports.spanOfCall?.());
          call(`track(${quote(event)})`, make);
        },
        identify: (identity) =>
          call("identify()", () => ({ kind: "identify", body: identifyBody("", identity, userless) })),
      };
    },
  };
}

/** What was recorded without a user, as the user's. */
function owned(operation: Operation, userId: string, recorder: Recorder): Operation | undefined {
  if (operation.kind === "identify")
    return { kind: "identify", body: stringify({ ...JSON.parse(operation.body), external_user_id: userId }) };
  const event: TrackOperation = { ...operation, userId };
  const { beforeSend } = recorder.options;
  return beforeSend ? applyBeforeSend(event, beforeSend, recorder) : event;
}
