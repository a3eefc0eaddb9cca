/** The client for Node.js: core, plugged into Node's clock, timers, randomness, fetch and end of process. */
import {
  createProcessClient,
  type EventMap,
  type EventSchemas,
  type ProcessOptions,
  portsOfNow,
  type ServerClient,
  traced,
  webPorts,
} from "@whisperr/core";
import { type HandingOver, MAKE_CLIENT } from "./hand-over.ts";
import { library } from "./library.ts";
import { asyncHooks, PROCESS_END, randomUuid, timers, usesProxies, warningInTests } from "./process.ts";
import type { RegisteredEvents } from "./register.ts";

/** What `createWhisperr()` can be told. */
export interface NodeOptions extends ProcessOptions {
  /**
   * The ingestion key, `wrk_…`. It goes to `baseUrl` only and is never logged.
   * @default the environment variable `WHISPERR_API_KEY`
   */
  readonly apiKey?: string | undefined;
}

/** The client of a server process. Make one and share it. */
export type Whisperr<Events extends EventMap = RegisteredEvents> = ServerClient<Events>;

/**
 * Makes a client. `createWhisperr<Events>()`, where `Events` maps event names to the types of their properties, checks every
 * `track()`; so do the schemas of `events`, when the program runs, too.
 *
 * @throws An Error that names the option and the fix, when an option makes no sense. No call on the client throws later.
 *
 * @example
 * const whisperr = createWhisperr({ onError: (error) => console.warn(error.message) });
 */
export function createWhisperr<Events extends EventMap = RegisteredEvents>(
  options: NodeOptions & EventSchemas<Events> = {},
): Whisperr<Events> {
  const makeClient = (options?.outbox as HandingOver | undefined)?.[MAKE_CLIENT];
  return makeClient ? makeClient(options, create<Events>) : create(options);
}

function create<Events extends EventMap>(options: NodeOptions): Whisperr<Events> {
  return createProcessClient<Events>(options, processOf);
}

function processOf({ fetch }: NodeOptions) {
  return {
    ports: traced({
      ...webPorts(fetch),
      ...portsOfNow(asyncHooks(), timers),
      uuid: randomUuid,
      library: library(),
    }),
    end: PROCESS_END,
    warningInTests,
    environmentKey: () => process.env.WHISPERR_API_KEY,
    proxyVariable: usesProxies() ? (name: string) => process.env[name] : undefined,
  };
}
