/** The client for Deno: core, plugged into Deno's clock, timers, randomness, fetch and end of process. */
import {
  createProcessClient,
  type EventMap,
  type EventSchemas,
  misuse,
  type ProcessOptions,
  portsOfNow,
  type ServerClient,
  traced,
  webPorts,
} from "@whisperr/core";
import { timers } from "./clock.ts";
import { asyncHooks, mayRead, readEnvironment, runsTests } from "./deno-api.ts";
import { library } from "./library.ts";
import { PROCESS_END } from "./process-exit.ts";
import type { RegisteredEvents } from "./register.ts";

/** What `createWhisperr()` can be told. */
export interface DenoOptions extends ProcessOptions {
  /**
   * The ingestion key, `wrk_…`. It goes to `baseUrl` only and is never logged.
   * @default the environment variable `WHISPERR_API_KEY`, where the process may read it
   */
  readonly apiKey?: string | undefined;
}

/** The client of a server process. Make one and share it. */
export type Whisperr<Events extends EventMap = RegisteredEvents> = ServerClient<Events>;

const KEY_VARIABLE = "WHISPERR_API_KEY";

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
  options: DenoOptions & EventSchemas<Events> = {},
): Whisperr<Events> {
  return createProcessClient<Events>(options, ({ fetch }) => ({
    ports: traced({ ...webPorts(fetch), ...portsOfNow(asyncHooks(), timers), library: library() }),
    end: PROCESS_END,
    environmentKey,
    warningInTests,
    proxyVariable: readEnvironment,
  }));
}

let isTold = false;

/** Told to one client of the process. */
function warningInTests(address: string): string | undefined {
  if (isTold || !runsTests()) return undefined;
  isTold = true;
  return `[whisperr] This is a test run, and this client sends to ${address}: write disabled: true, or the baseUrl of a server of yours.`;
}

function environmentKey(): string | undefined {
  const key = readEnvironment(KEY_VARIABLE);
  if (key === undefined && !mayRead(KEY_VARIABLE))
    throw misuse(`apiKey must be given, or readable: run with --allow-env=${KEY_VARIABLE}`);
  return key;
}
