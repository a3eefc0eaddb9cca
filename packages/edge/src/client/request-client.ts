/** The client of one request, for middleware that knows when the request's handler has returned. */
import {
  type AnyEvents,
  type Client,
  createDisabledClient,
  createServerClient,
  type EventMap,
  type ServerRuntime,
  webPorts,
} from "@whisperr/core";
import {
  COALESCING_MS,
  HANDLER_INTERVAL_MS,
  resolveEdgeOptions,
  type WhisperrEdgeOptions,
} from "../edge-options.ts";
import { handOverFetch } from "../hand-over/hand-over.ts";
import type { Whisperr } from "./create-whisperr.ts";
import { adjustLifetime, endHandling, type Lifetime } from "./lifetime.ts";

/** A client and what its maker may tell it. */
export interface RequestClient<Events extends EventMap> {
  readonly api: Whisperr<Events>;
  /** To be called when the app's handler has returned. */
  handlerReturned(): void;
}

export function createRequestClient<Events extends EventMap = AnyEvents>(
  options: WhisperrEdgeOptions,
): RequestClient<Events> {
  if (Object(options).disabled === true) return { api: createDisabledClient<Events>(), handlerReturned() {} };
  const config = resolveEdgeOptions(options, HANDLER_INTERVAL_MS);
  const { outbox, platform } = config;
  const lifetime: Lifetime = { config, isHandling: true, end: undefined, deadline: undefined };
  const fetch = platform ? handOverFetch(platform, () => runtime.client) : options.fetch;
  const ports = { ...webPorts(fetch), onStep: (client: Client) => adjustLifetime(lifetime, client) };
  const runtime: ServerRuntime<Events> = createServerClient({ ...options, outbox }, config, ports);
  return {
    api: runtime.api,
    handlerReturned() {
      config.flushIntervalMs = options.flushIntervalMs ?? COALESCING_MS;
      endHandling(lifetime, runtime.client);
    },
  };
}
