/** The whole client, on a network that is not there: what it queues is kept to be looked at. */
import {
  type AnyEvents,
  type EventMap,
  type EventSchemas,
  encodeEvent,
  type IdentifyBody,
  type Operation,
  type WhisperrError,
  type WireEvent,
} from "@whisperr/core";
// By its name, so that a test which imports both loads one copy.
import { createMemoryOutbox, createWhisperr, type NodeOptions, type Whisperr } from "@whisperr/node";
import { type Identified, identifiedOf, type Recording, type Tracked, trackedOf } from "./recording.ts";

/** What `createTestWhisperr()` can be told: what decides about calls, as the app's own client has it. */
export type TestOptions<Events extends EventMap = AnyEvents> = EventSchemas<Events> &
  Pick<
    NodeOptions,
    "beforeSend" | "context" | "debug" | "events" | "invalidEvents" | "onError" | "traits" | "unknownEvents"
  >;

/** A client for tests. What it was told it tells, and throws first what a call before did wrong and could not throw. */
export interface TestWhisperr<Events extends EventMap = AnyEvents>
  extends Whisperr<Events>,
    Recording<Events> {}

/**
 * Makes a client for tests. It validates, copies and refuses like the real one, and sends nothing. A call that the real one would
 * report to `onError` throws here, with the same message, so that the test fails; where the app gives an `onError`, that gets it
 * instead. It needs no key, sets no timer and reads no environment.
 *
 * @example
 * const whisperr = createTestWhisperr();
 * await checkout(whisperr, { user: "ada", card: "declined" });
 * expect(whisperr.tracked("payment_failed")).toMatchObject([{ userId: "ada" }]);
 */
export function createTestWhisperr<Events extends EventMap = AnyEvents>(
  options: TestOptions<Events> = {},
): TestWhisperr<Events> {
  const said: (Tracked | Identified)[] = [];
  const errors: WhisperrError[] = [];
  const client = createWhisperr<Events>({
    ...options,
    apiKey: "wrk_test",
    // Neither is used: a flush finds its answer in this process.
    baseUrl: "https://whisperr.invalid",
    fetch: acceptAll,
    flushIntervalMs: 0,
    flushAt: 10_000,
    exitTimeoutMs: 0,
    onError: options.onError ?? ((error) => void errors.push(error)),
    outbox: listened((operation) => said.push(entryOf(operation))),
  });

  /** A request without a user is no mistake of a call. */
  function complain(): void {
    const wrong = errors.splice(0).find(({ reason }) => reason !== "no_user");
    if (wrong) throw new Error(`Whisperr: ${wrong.message}`);
  }
  function checked<Arguments extends unknown[]>(call: (...given: Arguments) => void) {
    return (...given: Arguments) => {
      complain();
      call(...given);
      complain();
    };
  }
  function ofUser(userId: unknown) {
    complain();
    return said.filter((one) => userId === undefined || one.userId === `${userId}`);
  }

  return {
    ...client,
    track: checked(client.track),
    identify: checked(client.identify),
    forUser(userId) {
      const { track, identify } = client.forUser(userId);
      return { track: checked(track), identify: checked(identify) };
    },
    tracked: (event?: string) =>
      ofUser(undefined).filter(
        (one) => "event" in one && (event === undefined || one.event === event),
      ) as never,
    identified: (userId) => ofUser(userId).filter((one): one is Identified => !("event" in one)),
    timeline: (userId) => ofUser(userId),
    clear() {
      said.length = 0;
      errors.length = 0;
    },
  };
}

/** The API, where nothing goes wrong. */
const acceptAll: NonNullable<NodeOptions["fetch"]> = async () => ({
  status: 202,
  headers: new Headers(),
  text: async () => "{}",
});

function listened(hear: (operation: Operation) => void): NonNullable<NodeOptions["outbox"]> {
  const outbox = createMemoryOutbox();
  return {
    get size() {
      return outbox.size;
    },
    append(operation) {
      outbox.append(operation);
      hear(operation as Operation);
    },
    at: (index) => outbox.at(index),
    remove: (offset, count) => outbox.remove(offset, count),
  };
}

function entryOf(operation: Operation): Tracked | Identified {
  return operation.kind === "identify"
    ? identifiedOf(JSON.parse(operation.body) as IdentifyBody)
    : trackedOf(JSON.parse(encodeEvent(operation)) as WireEvent);
}
