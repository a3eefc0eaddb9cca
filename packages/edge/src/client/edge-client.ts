/** What the client of one request and that of all have in common. */
import {
  type Client,
  createServerClient,
  type EventMap,
  type Ports,
  type ServerRuntime,
  webPorts,
} from "@whisperr/core";
import { handOverFetch, isPlatformOutbox } from "../hand-over/fetch.ts";
import { type EdgeConfig, resolveEdgeOptions, type WhisperrEdgeOptions } from "../options.ts";
import { library } from "./library.ts";

/** Core's record, with this package's options for its configuration. */
export interface EdgeClient extends Client {
  readonly config: EdgeConfig;
}

/** `intervalMs`: `flushIntervalMs`, unless the app gave one. `more`: of the client's record. `onStep`: called after each step. */
export function createEdgeClient<Events extends EventMap, More extends object>(
  options: WhisperrEdgeOptions,
  intervalMs: number,
  more: More,
  onStep: (client: EdgeClient & More) => void,
): ServerRuntime<Events, EdgeClient & More> {
  const config = resolveEdgeOptions(options, intervalMs);
  const { outbox } = options;
  const isPlatform = isPlatformOutbox(outbox);
  const ports: { -readonly [name in keyof Ports]: Ports[name] } = {
    ...webPorts(options.fetch),
    library: library(),
    onStep: onStep as (client: Client) => void,
  };
  const own = { ...options, outbox: isPlatform ? undefined : outbox };
  const runtime = createServerClient<Events, More>(own, config, ports, more);
  if (isPlatform) ports.fetch = handOverFetch(outbox, runtime.client);
  return runtime as ServerRuntime<Events, EdgeClient & More>;
}
