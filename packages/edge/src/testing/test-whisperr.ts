/** The whole client, on a network that is not there: what it queues is kept to be looked at. */
import type { EventMap } from "@whisperr/core";
import {
  newNotes,
  type Recording,
  serverOptions,
  type TestOptions,
  testServer,
} from "@whisperr/core/testing";
import { createWhisperr, type Whisperr } from "../client/create-whisperr.ts";
import type { EdgeOptions } from "../options.ts";
import type { RegisteredEvents } from "../register.ts";

/** A client for tests. What it was told it tells, and throws first what a call before did wrong and could not throw. */
export interface TestWhisperr<Events extends EventMap = RegisteredEvents>
  extends Whisperr<Events>,
    Recording<Events> {
  /**
   * For what makes its clients itself, `withWhisperr()`, Hono's `whisperr()` and the `createWhisperr()` of an entry: in place of the
   * options of the app. What those clients are told this one tells.
   *
   * @example
   * const app = new Hono().use(whisperr(test.options));
   */
  readonly options: EdgeOptions & { readonly apiKey: string };
}

/**
 * Makes a client for tests. It validates, copies and refuses like the real one, and sends nothing. A call that the real one would
 * report to `onError` throws here, with the same message, so that the test fails; where the app gives an `onError`, that gets it
 * instead. It needs no key and no platform, sets no timer and reads no environment.
 *
 * @example
 * const whisperr = createTestWhisperr();
 * await handler(request, env, ctx, whisperr);
 * expect(whisperr.tracked("payment_failed")).toMatchObject([{ userId: "ada" }]);
 */
export function createTestWhisperr<Events extends EventMap = RegisteredEvents>(
  given: TestOptions<Events> = {},
): TestWhisperr<Events> {
  const notes = newNotes();
  const options = serverOptions(notes, given);
  // Nothing is under way before a flush, and nothing lasts then.
  const client = createWhisperr<Events>({ ...options, waitUntil() {} });
  return { ...testServer(notes, client), options };
}
