/** The client of one request, for middleware that knows when the request's handler has returned. */
import { createDisabledClient, type EventMap } from "@whisperr/core";
import { COALESCING_MS, checkObject, HANDLER_INTERVAL_MS, type WhisperrEdgeOptions } from "../options.ts";
import type { RegisteredEvents } from "../register.ts";
import type { Whisperr } from "./create-whisperr.ts";
import { createEdgeClient } from "./edge-client.ts";
import { adjustLifetime, endHandling, initialLifetime, type Lifetime } from "./lifetime.ts";
import { isWithoutKey, type Said } from "./without-key.ts";

/** A client and what its maker may tell it. */
export interface RequestClient<Events extends EventMap> {
  readonly api: Whisperr<Events>;
  /** To be called when the app's handler has returned. */
  handlerReturned(): void;
}

/** `said`: of all requests of the same middleware. */
export function createRequestClient<Events extends EventMap = RegisteredEvents>(
  options: WhisperrEdgeOptions,
  said: Said,
): RequestClient<Events> {
  checkObject(options);
  if (options.disabled === true || isWithoutKey(options, said))
    return { api: createDisabledClient<Events>(), handlerReturned() {} };
  const { api, client } = createEdgeClient<Events, Lifetime>(
    options,
    HANDLER_INTERVAL_MS,
    initialLifetime(),
    adjustLifetime,
    said,
  );
  return {
    api,
    handlerReturned() {
      const { config } = client;
      if (config.flushIntervalMs !== options.flushIntervalMs) config.flushIntervalMs = COALESCING_MS;
      endHandling(client);
    },
  };
}
