/** The client for edge runtimes: core, plugged into the web platform, and held by the requests it is used in. */
import {
  type AnyEvents,
  createDisabledClient,
  createServerClient,
  createTransport,
  type EventMap,
  type ServerClient,
} from "@whisperr/core";
import { COALESCING_MS } from "./client/lifetime.ts";
import { resolveEdgeOptions, type WhisperrEdgeOptions } from "./edge-options.ts";
import { edgePorts } from "./edge-ports.ts";
import { handOverFetch } from "./hand-over/hand-over.ts";
import { createLifecycle, type Lifecycle } from "./lifecycle.ts";

/** A client; of one request, or of all. */
export type Whisperr<Events extends EventMap = AnyEvents> = ServerClient<Events>;

/**
 * Makes a client. Throws an Error that names the option and the fix when an option makes no sense; nothing it does later
 * throws. At global scope it touches neither timers, randomness nor network.
 *
 * `createWhisperr<Events>()`, where `Events` maps event names to the types of their properties, checks every `track()`.
 */
export function createWhisperr<Events extends EventMap = AnyEvents>(
  options: WhisperrEdgeOptions,
): Whisperr<Events> {
  if (Object(options).disabled === true) return createDisabledClient<Events>();
  const { shared, intervalIsGiven, waitUntil, waitUntilTimeoutMs, outbox, platform } = resolveEdgeOptions(
    options,
    COALESCING_MS,
  );
  const web = edgePorts(platform ? handOverFetch(platform, () => client) : options.fetch);
  const lifecycle = createLifecycle({
    waitUntil,
    timeoutMs: waitUntilTimeoutMs,
    outbox,
    transport: createTransport(shared, web),
    waitsForInterval: intervalIsGiven,
    warn: (message) => web.log("warn", `[whisperr] ${message}`),
  });
  const ports = { ...web, ...lifecycle.ports };
  const { api, client } = createServerClient<Events>({ ...options, outbox: lifecycle.outbox }, shared, ports);
  lifecycle.watch(client);
  return heldClient(api, lifecycle);
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
