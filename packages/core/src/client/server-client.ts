/** The API of server SDKs, the same in every server runtime: the user id is always explicit. */

import type { AnyEvents, EventArguments, EventMap, EventName, WithoutUserId } from "../events/event-types.ts";
import { type IdentifyOptions, identifyBody } from "../events/identify-body.ts";
import { createRecorder, type Recorder, recordEvent } from "../events/recorder.ts";
import { quote } from "../events/refusal.ts";
import { checkUserId } from "../events/snapshot.ts";
import { createTransport } from "../http/exchange.ts";
import { isReady, recount } from "../loop/app-outbox.ts";
import { type FlushResult, type Stats, stats } from "../loop/books.ts";
import { flush, flushWithin, shutDown } from "../loop/flush.ts";
import { enqueue } from "../loop/queue.ts";
import type { WhisperrOptions } from "../options.ts";
import type { Ports } from "../ports.ts";
import { guardedOutbox } from "../queue/guarded-outbox.ts";
import { createMemoryOutbox } from "../queue/memory-outbox.ts";
import { createReporter, printDebug, warningsOf } from "../report/reporter.ts";
import type { ResolvedOptions } from "../resolve-options.ts";
import { type Client, type ClientConfig, createClient, startQueue } from "./client.ts";

/** The calls of one user. */
export interface UserClient<Events extends EventMap = AnyEvents> {
  /** Records that the user did something, now. Never throws, never blocks. */
  track<Name extends keyof Events & string>(
    event: EventName<Name>,
    ...rest: EventArguments<Events[Name]>
  ): void;
  /** Says who the user is and how they can be reached. Never throws, never blocks. */
  identify(options?: IdentifyOptions): void;
}

/** Where an integration says what it did, for `debug`; the same symbol in every copy of this file. */
export const diagnostics: unique symbol = Symbol.for("whisperr.diagnostics");

/** The client of a server: every call names its user. */
export interface ServerClient<Events extends EventMap = AnyEvents> {
  /** For integrations only: prints a line when the client's `debug` is on. */
  readonly [diagnostics]?: (message: string) => void;
  /**
   * Records that a user did something, now. Never throws and never blocks: a call with wrong values is dropped and reported
   * to `onError`.
   *
   * - `userId`: text that is not blank. A whole number becomes text.
   * - `event`: lowercase snake_case, such as `payment_failed`.
   * - `properties`, `context`: plain objects, copied at the call as JSON does: a `Date` becomes text. What JSON would write as
   *   `{}` arrives with its content: errors, maps, sets, headers, forms. A `BigInt` becomes a number, or text where a number would
   *   not be exact. Of binary values only type and length are kept. What has no content, such as a promise or a function, is
   *   printed once with its path. Values that refer to themselves or throw when they are read are refused, and so is what would
   *   be too large, before it is written.
   *
   * @example
   * whisperr.track("user_8842", "payment_failed", { amount_cents: 4900 });
   */
  track<Name extends (keyof Events & string) | WithoutUserId>(
    userId: string,
    event: EventName<Name>,
    ...rest: EventArguments<Events[Name & keyof Events]>
  ): void;
  /**
   * Says who a user is and how they can be reached. Traits are merged into those the server knows. Never throws and never
   * blocks: a call with wrong values is dropped and reported to `onError`.
   *
   * @example
   * whisperr.identify("user_8842", { email: "ada@example.com", traits: { plan: "pro" } });
   */
  identify(userId: string, options?: IdentifyOptions): void;
  /**
   * The same two calls, bound to one user. It costs nothing to make as many as you like.
   *
   * @example
   * whisperr.forUser("user_8842").track("plan_upgraded", { plan: "pro" });
   */
  forUser(userId: string): UserClient<Events>;
  /**
   * Delivers everything queued before the call. Resolves when all of it was delivered, dropped, or kept because the
   * key was refused or retries ran out. `timeoutMs` (0 or more; default: none; what is no number counts as 10,000) bounds
   * the wait: at the deadline it resolves with what waits then, and delivery goes on. Never rejects.
   *
   * @example
   * const { pending } = await whisperr.flush({ timeoutMs: 2_000 });
   */
  flush(options?: { readonly timeoutMs?: number | undefined }): Promise<FlushResult>;
  /**
   * Flushes, then stops for good: later calls are reported, not queued. `timeoutMs` (as for `flush()`) bounds the
   * wait; what it leaves is reported. Calling it again returns the same promise; of two deadlines the one that is over first holds.
   */
  shutdown(options?: { readonly timeoutMs?: number | undefined }): Promise<FlushResult>;
  /** What became of every call so far: `accepted = delivered + dropped + pending`, at every moment. */
  stats(): Stats;
}

/** What the app gets, and the record behind it for the runtime's own use. */
export interface ServerRuntime<Events extends EventMap, More = unknown> {
  readonly api: ServerClient<Events>;
  readonly client: Client & More;
  /** What makes its events. */
  readonly recorder: Recorder;
}

/** `more`: see `createClient()`. */
export function createServerClient<Events extends EventMap = AnyEvents, More extends object = object>(
  options: WhisperrOptions,
  resolved: ResolvedOptions & ClientConfig,
  ports: Ports,
  more?: More,
): ServerRuntime<Events, More> {
  const { outbox } = options;
  const reporter = createReporter({ ...resolved, onError: options.onError }, ports);
  const say = (message: string) => printDebug(reporter, message);
  const client = createClient(
    resolved,
    outbox === undefined || outbox === null ? createMemoryOutbox() : guardedOutbox(outbox, say),
    createTransport(resolved, ports),
    reporter,
    outbox ? { isReady, ...ports } : ports,
    more,
  );
  const recorder = createRecorder(options, warningsOf(reporter), ports.library);
  startQueue(client);

  function track(userId: unknown, event: unknown, properties?: unknown, context?: unknown): void {
    const make = () =>
      recordEvent(
        recorder,
        client,
        { userId: checkUserId(userId) },
        event,
        properties,
        context,
        ports.spanOfCall?.(),
      );
    enqueue(client, () => `track(${quote(event)})`, make);
  }

  function identify(userId: unknown, identity?: unknown): void {
    const make = () => ({
      kind: "identify" as const,
      body: identifyBody(checkUserId(userId), identity, recorder),
    });
    enqueue(client, () => "identify()", make);
  }

  const api: ServerClient<Events> = {
    track,
    identify,
    forUser: (userId) => ({
      track: (event: unknown, properties?: unknown, context?: unknown) =>
        track(userId, event, properties, context),
      identify: (identity) => identify(userId, identity),
    }),
    flush: (settings) =>
      flushWithin(client, settings, () => {
        if (outbox) recount(client);
        return flush(client);
      }),
    shutdown: (settings) => shutDown(client, settings),
    stats: () => stats(client),
    [diagnostics]: say,
  };
  return { api, client, recorder };
}

/** A client that does nothing, for `disabled: true`. */
export function createDisabledClient<Events extends EventMap = AnyEvents>(): ServerClient<Events> {
  const nothing = () => {};
  const done = () => Promise.resolve({ delivered: 0, dropped: 0, pending: 0 });
  return {
    track: nothing,
    identify: nothing,
    forUser: () => ({ track: nothing, identify: nothing }),
    flush: done,
    shutdown: done,
    stats: () => ({ accepted: 0, delivered: 0, dropped: {}, pending: 0 }),
  };
}
