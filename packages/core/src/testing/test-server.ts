/** The client of a server for tests: the real one of its runtime, on a network that is not there. */
// Their types by their name, so that declarations hold them once.
import type {
  AnyEvents,
  AppOutbox,
  EventMap,
  EventSchemas,
  Operation,
  ServerClient,
  WhisperrOptions,
} from "@whisperr/core";
import { createMemoryOutbox } from "../queue/memory-outbox.ts";
import { acceptAll, checked, hear, type Notes, onErrorOf, recordingOf } from "./notes.ts";
import type { Recording } from "./recording.ts";

/** What `createTestWhisperr()` can be told: what decides about calls, as the app's own client has it. */
export type TestOptions<Events extends EventMap = AnyEvents> = EventSchemas<Events> &
  Pick<
    WhisperrOptions,
    "beforeSend" | "context" | "debug" | "events" | "invalidEvents" | "onError" | "traits" | "unknownEvents"
  >;

/** A client for tests. What it was told it tells, and throws first what a call before did wrong and could not throw. */
export interface TestServerClient<Events extends EventMap = AnyEvents>
  extends ServerClient<Events>,
    Recording<Events> {}

/** Of a client that sends nothing: with all options that a runtime's own client takes. */
export type ServerOptions = TestOptions<EventMap> &
  Omit<WhisperrOptions, "outbox"> & {
    /** No real one. */
    readonly apiKey: string;
    /** Another one each time. */
    readonly outbox: AppOutbox;
  };

/** More than a test tracks: nothing is sent, or given up, before it looks. */
const ROOM = { flushAt: 1_000_000, maxQueueSize: 1_000_000, maxQueueBytes: Number.MAX_SAFE_INTEGER };

/** What a client is made with whose calls are to be noted. Each client that is made of it has an outbox of its own. */
export function serverOptions(notes: Notes, given: TestOptions<EventMap>): ServerOptions {
  return {
    ...given,
    ...ROOM,
    apiKey: "wrk_test",
    // Neither is used: a flush finds its answer in this process.
    baseUrl: "https://whisperr.invalid",
    fetch: acceptAll,
    flushIntervalMs: 0,
    onError: onErrorOf(notes, given.onError),
    get outbox(): AppOutbox {
      return heard(notes);
    },
  };
}

/** `client`: made of `serverOptions()` with the same notes. */
export function testServer<Events extends EventMap>(
  notes: Notes,
  client: ServerClient<Events>,
): TestServerClient<Events> {
  return {
    ...client,
    track: checked(notes, client.track),
    identify: checked(notes, client.identify),
    forUser(userId) {
      const { track, identify } = client.forUser(userId);
      return { track: checked(notes, track), identify: checked(notes, identify) };
    },
    ...recordingOf<Events>(notes),
  };
}

function heard(notes: Notes): AppOutbox {
  const outbox = createMemoryOutbox();
  return {
    get size() {
      return outbox.size;
    },
    append(operation) {
      outbox.append(operation as Operation);
      hear(notes, operation as Operation);
    },
    at: (index) => outbox.at(index),
    remove: (offset, count) => outbox.remove(offset, count),
  };
}
