/** Next.js 15.1 and later: one client for all requests, held through `after()`. */
import type { AnyEvents, EventMap, EventSchemas } from "@whisperr/core";
// With its extension: that is how Node.js itself finds it, as in tests and scripts.
import { after } from "next/server.js";
import { createWhisperr as create, type Whisperr } from "./client/create-whisperr.ts";
import type { EdgeOptions } from "./options.ts";
import { keyOfEnvironment } from "./platform/environment.ts";

/** What `createWhisperr()` can be told. */
export interface NextOptions extends EdgeOptions {
  /**
   * The ingestion key, `wrk_…`. It goes to `baseUrl` only and is never logged.
   * @default the environment variable `WHISPERR_API_KEY`
   */
  readonly apiKey?: string | undefined;
}

/**
 * Makes a client for module scope, for route handlers, server actions, server components and middleware (`proxy`), in
 * the Node.js and the edge runtime. Each call is delivered after the response of the request it is made in.
 *
 * @throws An Error that names the option and the fix: for a wrong `baseUrl` or `waitUntil`, and in the `development`
 * build for any option that makes no sense. No call on the client throws later.
 *
 * @example
 * export const whisperr = createWhisperr();
 */
export function createWhisperr<Events extends EventMap = AnyEvents>(
  options: NextOptions & EventSchemas<Events> = {},
): Whisperr<Events> {
  return create<Events>({
    ...options,
    apiKey: options?.apiKey || keyOfEnvironment(),
    waitUntil: (promise) => after(promise),
  });
}
