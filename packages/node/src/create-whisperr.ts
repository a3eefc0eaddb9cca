/** The client for Node.js: core, plugged into Node's clock, timers, randomness, fetch and end of process. */
import {
  type AnyEvents,
  createDisabledClient,
  createProcessWatch,
  createServerClient,
  type EventMap,
  integer,
  MAX_TIMER_MS,
  misuse,
  type Ports,
  resolveOptions,
  type ServerClient,
  type WhisperrOptions,
  watchProcess,
  webPorts,
} from "@whisperr/core";
import { timers } from "./clock.ts";
import { randomUuid } from "./message-id.ts";
import { PROCESS_END } from "./process-exit.ts";

/** What `createWhisperr()` can be told. */
export interface NodeOptions extends WhisperrOptions {
  /**
   * The ingestion key, `wrk_…`. It goes to `baseUrl` only and is never logged.
   * @default the environment variable `WHISPERR_API_KEY`
   */
  readonly apiKey?: string | undefined;
  /**
   * How long queued operations may delay the end of a process that ends by itself, in ms; 0 = not at all.
   * @default 2_000
   */
  readonly exitTimeoutMs?: number | undefined;
}

/** The client of a server process. Make one and share it. */
export type Whisperr<Events extends EventMap = AnyEvents> = ServerClient<Events>;

/** Operations kept in memory by default. */
const MAX_QUEUE_SIZE = 10_000;

/**
 * Makes a client. `createWhisperr<Events>()`, where `Events` maps event names to the types of their properties, checks every
 * `track()`.
 *
 * @throws An Error that names the option and the fix, when an option makes no sense. No call on the client throws later.
 *
 * @example
 * const whisperr = createWhisperr({ onError: (error) => console.warn(error.message) });
 */
export function createWhisperr<Events extends EventMap = AnyEvents>(
  options: NodeOptions = {},
): Whisperr<Events> {
  if (typeof options !== "object" || options === null)
    throw misuse("createWhisperr() takes an object of options");
  if (options.disabled === true) return createDisabledClient<Events>();
  const apiKey = options.apiKey ?? process.env.WHISPERR_API_KEY;
  const resolved = resolveOptions({ ...options, apiKey }, { maxQueueSize: MAX_QUEUE_SIZE });
  const exitTimeoutMs = integer("exitTimeoutMs", options.exitTimeoutMs, 2000, 0, MAX_TIMER_MS);
  const watch = createProcessWatch(exitTimeoutMs, PROCESS_END);
  const ports: Ports = {
    ...webPorts(options.fetch),
    timers,
    uuid: randomUuid,
    onStep: (client) => watchProcess(watch, client),
  };
  return createServerClient<Events>(options, resolved, ports).api;
}
