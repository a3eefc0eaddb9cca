/** The client for edge runtimes: core, plugged into the web platform, and held by the requests it is used in. */
import {
  type AnyEvents,
  createDisabledClient,
  createMemoryOutbox,
  createServerClient,
  createTransport,
  type EventMap,
  integer,
  MAX_TIMER_MS,
  misuse,
  type Outbox,
  resolveOptions,
  type ServerClient,
  type WhisperrOptions,
} from "@whisperr/core";
import { createHandOver } from "./hand-over.ts";
import { createLifecycle, type Lifecycle, type WaitUntil } from "./lifecycle.ts";
import type { PlatformOutbox } from "./platform-outbox.ts";
import { webPorts } from "./web-ports.ts";

/** What all entries of this package take. */
export interface EdgeOptions extends Omit<WhisperrOptions, "outbox"> {
  /**
   * Milliseconds an operation waits at most before a flush starts; 0 = no timer, only `flushAt` and `flush()`. Default 50:
   * what a request tracks travels together. When the key is refused or retries are used up, requests are held for
   * another interval only if it is given here.
   */
  readonly flushIntervalMs?: number | undefined;
  /**
   * Milliseconds a request is held for delivery at most, counted from its call; 1 or more. What is left then is reported
   * as `retry_exhausted`, or goes on in another request of the same client. Default 25 000: platforms stop at 30 000.
   */
  readonly waitUntilTimeoutMs?: number | undefined;
  /** Where operations wait (default: memory), or the platform's own queue to hand them to, in place of the API. */
  readonly outbox?: Outbox | PlatformOutbox | undefined;
}

export interface WhisperrEdgeOptions extends EdgeOptions {
  /**
   * The platform's `waitUntil`, called once for each burst of calls, in their request. One of a single request makes a
   * client of that request; one that finds the current request by itself makes a client for all of them.
   */
  readonly waitUntil: WaitUntil;
}

/** A client; of one request, or of all. */
export type Whisperr<Events extends EventMap = AnyEvents> = ServerClient<Events>;

/** A client and what its maker may tell it. */
export interface EdgeClient<Events extends EventMap> {
  readonly client: Whisperr<Events>;
  /** The app's handler has returned: nothing more is to come soon, so what there is goes out. */
  handlerReturned(): void;
}

/** Operations kept in memory by default (contract, section 7). */
const MAX_QUEUE_SIZE = 10_000;
/** Platforms end a request's work 30 s after its response; this leaves time to report. */
const WAIT_UNTIL_TIMEOUT_MS = 25_000;
/** Long enough for what one request tracks, short enough to cost a held request nothing. */
const COALESCING_MS = 50;
/** While a handler runs its events wait for each other, but not for ever: it may stream, or hang. */
const HANDLER_INTERVAL_MS = 10_000;

/**
 * Makes a client. Throws an Error that names the option and the fix when an option makes no sense; nothing it does later
 * throws. At global scope it touches neither timers, randomness nor network.
 *
 * `createWhisperr<Events>()`, where `Events` maps event names to the types of their properties, checks every `track()`.
 */
export function createWhisperr<Events extends EventMap = AnyEvents>(
  options: WhisperrEdgeOptions,
): Whisperr<Events> {
  return createEdgeClient<Events>(options, COALESCING_MS).client;
}

/** The client of one request, for middleware that knows when the request's handler has returned. */
export function createRequestClient<Events extends EventMap>(
  options: WhisperrEdgeOptions,
): EdgeClient<Events> {
  return createEdgeClient<Events>(options, HANDLER_INTERVAL_MS);
}

/** `intervalMs`: `flushIntervalMs` until `handlerReturned()`, unless the app gave one. */
function createEdgeClient<Events extends EventMap>(
  options: WhisperrEdgeOptions,
  intervalMs: number,
): EdgeClient<Events> {
  if (typeof options !== "object" || options === null) throw misuse("options must be an object");
  if (options.disabled === true) return { client: createDisabledClient<Events>(), handlerReturned() {} };
  if (typeof options.waitUntil !== "function")
    throw misuse("waitUntil must be the platform's, e.g. (promise) => ctx.waitUntil(promise)");
  const { outbox: given, ...rest } = options;
  const platform = isPlatformOutbox(given) ? given : undefined;
  const own = platform === undefined ? (given as Outbox | undefined) : undefined;
  const intervalIsGiven = (options.flushIntervalMs ?? undefined) !== undefined;
  const resolved = {
    ...resolveOptions({ ...rest, outbox: own }, { maxQueueSize: MAX_QUEUE_SIZE }),
    ...(!intervalIsGiven && { flushIntervalMs: intervalMs }),
  };
  const outbox = own ?? createMemoryOutbox();
  const web = webPorts(options.fetch);
  const lifecycle = createLifecycle({
    waitUntil: options.waitUntil,
    timeoutMs: integer(
      "waitUntilTimeoutMs",
      options.waitUntilTimeoutMs,
      WAIT_UNTIL_TIMEOUT_MS,
      1,
      MAX_TIMER_MS,
    ),
    outbox,
    transport:
      platform === undefined
        ? createTransport(resolved, web)
        : createHandOver(platform, outbox, resolved.requestTimeoutMs),
    waitsForInterval: intervalIsGiven,
    warn: (message) => web.log("warn", `[whisperr] ${message}`),
  });
  const { client, loop } = createServerClient<Events>({ ...rest, outbox: lifecycle.outbox }, resolved, {
    ...web,
    ...lifecycle.ports,
  });
  lifecycle.watch(loop);
  const held = heldClient(client, lifecycle);
  return {
    client: held,
    handlerReturned() {
      if (!intervalIsGiven) resolved.flushIntervalMs = COALESCING_MS;
      void held.flush();
    },
  };
}

function isPlatformOutbox(outbox: unknown): outbox is PlatformOutbox {
  return typeof (outbox as Partial<PlatformOutbox> | null | undefined)?.handOver === "function";
}

/** The same client, where each call is part of a turn of its request. */
function heldClient<Events extends EventMap>(
  client: Whisperr<Events>,
  { call, callForAll }: Lifecycle,
): Whisperr<Events> {
  return {
    ...client,
    track: (...args) => call(() => client.track(...args)),
    identify: (...args) => call(() => client.identify(...args)),
    forUser(userId) {
      const user = client.forUser(userId);
      return {
        track: (...args) => call(() => user.track(...args)),
        identify: (...args) => call(() => user.identify(...args)),
      };
    },
    flush: () => callForAll(() => client.flush()),
    shutdown: (...args) => callForAll(() => client.shutdown(...args)),
  };
}
