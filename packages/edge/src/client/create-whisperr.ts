/** The client of all requests, as apps make it. */
import {
  type AnyEvents,
  type Client,
  createDisabledClient,
  createServerClient,
  type EventMap,
  flush,
  type ServerClient,
  type ServerRuntime,
} from "@whisperr/core";
import { COALESCING_MS, resolveEdgeOptions, type WhisperrEdgeOptions } from "../edge-options.ts";
import { edgePorts } from "../edge-ports.ts";
import { handOverFetch } from "../hand-over/hand-over.ts";
import { deferred } from "./deferred.ts";
import { REQUEST_EFFECTS } from "./request-effects.ts";
import { adjust, initialRequests } from "./requests.ts";
import { callIn, effectsIn, outboxIn, type SharedClient } from "./shared-client.ts";
import { isUnderWay } from "./under-way.ts";

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
  const config = resolveEdgeOptions(options, COALESCING_MS);
  const { outbox, platform } = config;
  const shared: SharedClient = {
    get client() {
      return runtime.client;
    },
    config,
    requests: initialRequests(),
    requestEffects: REQUEST_EFFECTS,
    attending: new Map(),
    caller: 0,
    callers: 0,
  };
  const runtime: ServerRuntime<Events> = createServerClient(
    { ...options, outbox: outboxIn(shared, outbox) },
    config,
    {
      ...edgePorts(platform ? handOverFetch(platform, () => runtime.client) : options.fetch),
      onStep: (client: Client) => adjust(shared, isUnderWay(client)),
    },
    effectsIn(shared),
  );
  return inRequests(shared, runtime.api);
}

/** The same calls, each of them part of its request. */
function inRequests<Events extends EventMap>(
  shared: SharedClient,
  api: ServerClient<Events>,
): ServerClient<Events> {
  return {
    ...api,
    track: (...args) => callIn(shared, () => api.track(...args)),
    identify: (...args) => callIn(shared, () => api.identify(...args)),
    forUser(userId) {
      const user = api.forUser(userId);
      return {
        track: (...args) => callIn(shared, () => user.track(...args)),
        identify: (...args) => callIn(shared, () => user.identify(...args)),
      };
    },
    // On Workers a promise ends with the request that made it, so nobody may wait for another's.
    flush: () => flushIn(shared, () => flush(shared.client, true)),
    shutdown: (...args) => flushIn(shared, () => api.shutdown(...args)),
  };
}

/** Its caller goes on in its own request, whichever request delivers. */
function flushIn<Result>(shared: SharedClient, call: () => Promise<Result>): Promise<Result> {
  const flushed = deferred<Result>();
  callIn(shared, () => void call().then(flushed.resolve), true);
  return flushed.promise;
}
