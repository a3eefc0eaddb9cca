/** The client of all requests, as apps make it. */
import {
  createDisabledClient,
  type EventMap,
  type EventSchemas,
  flushWithin,
  guardedWait,
  type ServerClient,
  type ServerRuntime,
} from "@whisperr/core";
import { COALESCING_MS, checkObject, type WhisperrEdgeOptions } from "../options.ts";
import type { RegisteredEvents } from "../register.ts";
import { createEdgeClient } from "./edge-client.ts";
import {
  adjustRequests,
  flushAlone,
  flushIn,
  type InRequests,
  initialInRequests,
  type SharedClient,
} from "./shared-client.ts";
import { isWithoutKey, type Said } from "./without-key.ts";

/** A client, of one request or of all. */
export type Whisperr<Events extends EventMap = RegisteredEvents> = ServerClient<Events>;

/**
 * Makes a client. `createWhisperr<Events>()`, where `Events` maps event names to the types of their properties, checks every
 * `track()`. Without a usable `apiKey` it is a client that does nothing, and the console says why. At global scope it touches neither timers, randomness nor network.
 *
 * @throws An Error that names the option and the fix, when an option makes no sense. A production build takes its default, and throws
 * only where that would do harm. No call on the client throws later.
 *
 * @example
 * const whisperr = createWhisperr({ apiKey: "wrk_…", waitUntil: (promise) => ctx.waitUntil(promise) });
 */
export function createWhisperr<Events extends EventMap = RegisteredEvents>(
  options: WhisperrEdgeOptions & EventSchemas<Events>,
): Whisperr<Events> {
  checkObject(options);
  if (options.disabled === true || isWithoutKey(options)) return createDisabledClient<Events>();
  return createSharedClient<Events>(options).api;
}

/** The same with the record behind it, and a usable key. `said`: of an earlier client of the same options. */
export function createSharedClient<Events extends EventMap>(
  options: WhisperrEdgeOptions,
  said?: Said,
): Omit<ServerRuntime<Events, SharedClient>, "recorder"> {
  const { api, client } = createEdgeClient<Events, InRequests>(
    options,
    COALESCING_MS,
    initialInRequests(),
    adjustRequests,
    said,
  );
  // What an earlier client left in the queue is no request's.
  client.isCalling = false;
  return {
    api: {
      ...api,
      flush: (settings) => flushWithin(client, settings, () => flushAlone(client)),
      shutdown: (settings) => guardedWait(client, () => flushIn(client, () => api.shutdown(settings))),
    },
    client,
  };
}
