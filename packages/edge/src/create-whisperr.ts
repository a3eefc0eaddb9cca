/** The client for edge runtimes: core, plugged into the web platform, and held by the requests it is used in. */
import {
  type AnyEvents,
  createDisabledClient,
  createServerClient,
  createTransport,
  type EventMap,
  misuse,
  type ServerClient,
} from "@whisperr/core";
import { resolveEdgeOptions, type WhisperrEdgeOptions } from "./edge-options.ts";
import { edgePorts } from "./edge-ports.ts";
import { createHandOver } from "./hand-over.ts";
import { createLifecycle, type Lifecycle } from "./lifecycle.ts";

/** A client; of one request, or of all. */
export type Whisperr<Events extends EventMap = AnyEvents> = ServerClient<Events>;

/** A client and what its maker may tell it. */
export interface EdgeClient<Events extends EventMap> {
  readonly client: Whisperr<Events>;
  /** The app's handler has returned: nothing more is to come soon, so what there is goes out. */
  handlerReturned(): void;
}

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
  const { shared, intervalIsGiven, waitUntil, waitUntilTimeoutMs, outbox, platform } = resolveEdgeOptions(
    options,
    intervalMs,
  );
  const config = { ...shared };
  const web = edgePorts(options.fetch);
  const lifecycle = createLifecycle({
    waitUntil,
    timeoutMs: waitUntilTimeoutMs,
    outbox,
    transport: platform
      ? createHandOver(platform, outbox, shared.requestTimeoutMs)
      : createTransport(shared, web),
    waitsForInterval: intervalIsGiven,
    warn: (message) => web.log("warn", `[whisperr] ${message}`),
  });
  const ports = { ...web, ...lifecycle.ports };
  const { api, client } = createServerClient<Events>({ ...options, outbox: lifecycle.outbox }, config, ports);
  lifecycle.watch(client);
  const held = heldClient(api, lifecycle);
  return {
    client: held,
    handlerReturned() {
      if (!intervalIsGiven) config.flushIntervalMs = COALESCING_MS;
      void held.flush();
    },
  };
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
