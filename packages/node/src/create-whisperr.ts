/** The client for Node.js: core, plugged into Node's clock, timers, randomness, fetch and end of process. */
import { randomUUID } from "node:crypto";
import {
  type AnyEvents,
  createDisabledClient,
  createServerClient,
  type EventMap,
  integer,
  MAX_TIMER_MS,
  misuse,
  type Ports,
  readBoundedText,
  resolveOptions,
  type ServerClient,
  type WhisperrOptions,
} from "@whisperr/core";
import { nowMs, timers } from "./clock.ts";
import { createLifecycle } from "./lifecycle.ts";

export interface NodeOptions extends WhisperrOptions {
  /** The ingestion key, `wrk_…`. Default: the environment variable `WHISPERR_API_KEY`. */
  readonly apiKey?: string | undefined;
  /**
   * Milliseconds the end of the process may be delayed to deliver what is queued, when it ends by itself; 0 = not at
   * all. Default 2 000.
   */
  readonly exitTimeoutMs?: number | undefined;
}

/** The client of a server process. Make one and share it. */
export type Whisperr<Events extends EventMap = AnyEvents> = ServerClient<Events>;

/** Operations kept in memory by default (contract, section 7). */
const MAX_QUEUE_SIZE = 10_000;

/**
 * Makes a client. Throws an Error that names the option and the fix when an option makes no sense; nothing it does later throws.
 *
 * `createWhisperr<Events>()`, where `Events` maps event names to the types of their properties, checks every `track()`.
 */
export function createWhisperr<Events extends EventMap = AnyEvents>(
  options: NodeOptions = {},
): Whisperr<Events> {
  if (typeof options !== "object" || options === null)
    throw misuse("createWhisperr() takes an object of options");
  if (options.disabled === true) return createDisabledClient<Events>();
  const apiKey = options.apiKey ?? process.env.WHISPERR_API_KEY;
  const resolved = resolveOptions({ ...options, apiKey }, { maxQueueSize: MAX_QUEUE_SIZE });
  const lifecycle = createLifecycle(integer("exitTimeoutMs", options.exitTimeoutMs, 2000, 0, MAX_TIMER_MS));
  const ports: Ports = {
    nowMs,
    timers,
    random: () => Math.random(),
    uuid: randomUUID,
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    abortController: () => new AbortController(),
    readText: (response) => readBoundedText(response, (bytes) => new TextDecoder().decode(bytes)),
    log: (level, message) => console[level](message),
    onActivity: lifecycle.onActivity,
  };
  const { api, client } = createServerClient<Events>(options, resolved, ports);
  lifecycle.watch(client);
  return api;
}
