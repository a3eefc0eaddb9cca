/** Vercel Functions and Edge Functions: one client for all requests, held through the platform's request context. */
import type { EventMap, EventSchemas } from "@whisperr/core";
import { createWhisperr as create, type Whisperr } from "./client/create-whisperr.ts";
import type { EdgeOptions } from "./options.ts";
import { keyOfEnvironment } from "./platform/environment.ts";
import { requestWaitUntil } from "./platform/request-context.ts";
import type { RegisteredEvents } from "./register.ts";

/** What `createWhisperr()` can be told. */
export interface VercelOptions extends EdgeOptions {
  /**
   * The ingestion key, `wrk_…`. It goes to `baseUrl` only and is never logged.
   * @default the environment variable `WHISPERR_API_KEY`
   */
  readonly apiKey?: string | undefined;
}

/**
 * Makes a client for module scope. Each call is delivered under the `waitUntil` of the request it is made in. Where there
 * is none, as in local development, delivery just runs.
 *
 * @throws An Error that names the option and the fix, when an option makes no sense. A production build takes its default, and throws
 * only where that would do harm. No call on the client throws later.
 *
 * @example
 * export const whisperr = createWhisperr();
 */
export function createWhisperr<Events extends EventMap = RegisteredEvents>(
  options: VercelOptions & EventSchemas<Events> = {},
): Whisperr<Events> {
  return create<Events>({
    ...options,
    apiKey: options?.apiKey || keyOfEnvironment(),
    waitUntil: (promise) => requestWaitUntil("@vercel/request-context")?.(promise),
  });
}
