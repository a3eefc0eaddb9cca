/** The whole client, on a network that is not there: what it queues is kept to be looked at. */
import type { EventMap } from "@whisperr/core";
import {
  newNotes,
  type Recording,
  serverOptions,
  type TestOptions,
  testServer,
} from "@whisperr/core/testing";
// By its name, so that a test which imports both loads one copy.
import { createWhisperr, type Whisperr } from "@whisperr/node";
import type { RegisteredEvents } from "../register.ts";

/** A client for tests. What it was told it tells, and throws first what a call before did wrong and could not throw. */
export interface TestWhisperr<Events extends EventMap = RegisteredEvents>
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
export function createTestWhisperr<Events extends EventMap = RegisteredEvents>(
  options: TestOptions<Events> = {},
): TestWhisperr<Events> {
  const notes = newNotes();
  const client = createWhisperr<Events>({ ...serverOptions(notes, options), exitTimeoutMs: 0 });
  return testServer(notes, client);
}
