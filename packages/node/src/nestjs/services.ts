/** What is injected: the client, the calls of a request's user, and, in tests, what was recorded. */
import {
  type EventArguments,
  type EventMap,
  type EventName,
  type FlushResult,
  flushAtEnd,
  type IdentifyOptions,
  type Stats,
  type UserClient,
  type WireEvent,
  type WithoutUserId,
} from "@whisperr/core";
import type { Whisperr } from "@whisperr/node";
import { closeTimeout } from "../frameworks/close-timeout.ts";
import type { RegisteredEvents } from "../register.ts";

/** The client, in every module: `constructor(private readonly whisperr: WhisperrService<Events>)`. */
export class WhisperrService<Events extends EventMap = RegisteredEvents> implements Whisperr<Events> {
  readonly #whisperr: Whisperr<Events>;
  readonly #closeTimeoutMs: number;

  /** Nest makes it. */
  constructor(whisperr: Whisperr<Events>, closeTimeoutMs = 5_000) {
    this.#whisperr = whisperr;
    this.#closeTimeoutMs = closeTimeout(closeTimeoutMs);
  }

  /** As `track()` of the client. */
  track<Name extends (keyof Events & string) | WithoutUserId>(
    userId: string,
    event: EventName<Name>,
    ...rest: EventArguments<Events[Name & keyof Events]>
  ): void {
    this.#whisperr.track(userId, event, ...rest);
  }

  /** As `identify()` of the client. */
  identify(userId: string, options?: IdentifyOptions): void {
    this.#whisperr.identify(userId, options);
  }

  /** As `forUser()` of the client. */
  forUser(userId: string): UserClient<Events> {
    return this.#whisperr.forUser(userId);
  }

  /** As `flush()` of the client. */
  flush(options?: { readonly timeoutMs?: number | undefined }): Promise<FlushResult> {
    return this.#whisperr.flush(options);
  }

  /** As `shutdown()` of the client. */
  shutdown(options?: { readonly timeoutMs?: number | undefined }): Promise<FlushResult> {
    return this.#whisperr.shutdown(options);
  }

  /** As `stats()` of the client. */
  stats(): Stats {
    return this.#whisperr.stats();
  }

  /**
   * Nest calls it, once the requests that run have ended: after `app.close()`, and on signals with `app.enableShutdownHooks()`. `signal`:
   * the process ends by it, and nobody would tell of what stays behind.
   */
  async onApplicationShutdown(signal?: string): Promise<void> {
    const deadline = { timeoutMs: this.#closeTimeoutMs };
    await (signal ? this.#whisperr.shutdown(deadline) : flushAtEnd(this.#whisperr, deadline));
  }
}

/** The calls of the user whose request is being served. Request-scoped, and so is whatever it is injected into. */
export class RequestWhisperr<Events extends EventMap = RegisteredEvents> implements UserClient<Events> {
  readonly #client: UserClient<Events>;

  /** Nest makes it. */
  constructor(client: UserClient<Events>) {
    this.#client = client;
  }

  /** Records that the user did something, now. Never throws, never blocks. */
  track<Name extends keyof Events & string>(
    event: EventName<Name>,
    ...rest: EventArguments<Events[Name]>
  ): void {
    this.#client.track(event, ...rest);
  }

  /** Says who the user is and how they can be reached. Never throws, never blocks. */
  identify(options?: IdentifyOptions): void {
    this.#client.identify(options);
  }
}

/** With `WhisperrModule.forTesting()`: what was recorded. `moduleRef.get(WhisperrRecording).events`. */
export class WhisperrRecording {
  /** The events, at once. */
  readonly events: WireEvent[] = [];
  /** The bodies of `identify()`, after a `flush()`. */
  readonly identified: Record<string, unknown>[] = [];
}
