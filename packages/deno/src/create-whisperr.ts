/** The client for Deno: core, plugged into Deno's clock, timers, randomness, fetch and end of process. */
import {
  type AnyEvents,
  createDisabledClient,
  createProcessWatch,
  createServerClient,
  type EventMap,
  integer,
  MAX_TIMER_MS,
  misuse,
  resolveOptions,
  type ServerClient,
  type WhisperrOptions,
  watchProcess,
  webPorts,
} from "@whisperr/core";
import { timers } from "./clock.ts";
import { mayRead, readEnvironment } from "./deno-api.ts";
import { joinProcess, PROCESS_END } from "./process-exit.ts";

/** What `createWhisperr()` can be told. */
export interface DenoOptions extends WhisperrOptions {
  /**
   * The ingestion key, `wrk_…`. It goes to `baseUrl` only and is never logged.
   * @default the environment variable `WHISPERR_API_KEY`, where the process may read it (`--allow-env=WHISPERR_API_KEY`); nobody is asked for the permission
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
const KEY_VARIABLE = "WHISPERR_API_KEY";

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
  options: DenoOptions = {},
): Whisperr<Events> {
  if (typeof options !== "object" || options === null)
    throw misuse("createWhisperr() takes an object of options");
  if (options.disabled === true) return createDisabledClient<Events>();
  const apiKey = options.apiKey ?? readEnvironment(KEY_VARIABLE);
  if (apiKey === undefined && !mayRead(KEY_VARIABLE)) {
    throw misuse(`apiKey must be given, or readable: run with --allow-env=${KEY_VARIABLE}`);
  }
  const resolved = resolveOptions({ ...options, apiKey }, { maxQueueSize: MAX_QUEUE_SIZE });
  const exitTimeoutMs = integer("exitTimeoutMs", options.exitTimeoutMs, 2000, 0, MAX_TIMER_MS);
  const watch = createProcessWatch(exitTimeoutMs, PROCESS_END);
  const leaveProcess = exitTimeoutMs > 0 ? joinProcess() : () => {};
  const { api } = createServerClient<Events>(options, resolved, {
    ...webPorts(options.fetch),
    timers,
    onStep: (client) => watchProcess(watch, client),
  });
  return {
    ...api,
    shutdown(settings) {
      const ended = api.shutdown(settings);
      // It leaves no listener behind.
      void ended.then(leaveProcess);
      return ended;
    },
  };
}
