/** Next.js 15.1 and later: one client for all requests, held through `after()`, or by the platform where there is none. */
import {
  abandon,
  checkTypes,
  createDisabledClient,
  type EventMap,
  type EventSchemas,
  guard,
  retry,
  type ServerClient,
  untraced,
} from "@whisperr/core";
import { createSharedClient, type Whisperr } from "./client/create-whisperr.ts";
import { isWithoutKey, type Said, sayDisabled } from "./client/without-key.ts";
import { leaveRenders, platformFetch } from "./next/outside-renders.ts";
import { boundWaits } from "./next/server-end.ts";
import { waitUntilInNext } from "./next/wait-until.ts";
import { checkObject, type EdgeOptions } from "./options.ts";
import { environment, keyOfEnvironment } from "./platform/environment.ts";
import type { RegisteredEvents } from "./register.ts";

/** What `createWhisperr()` can be told. */
export interface NextOptions extends EdgeOptions {
  /**
   * The ingestion key, `wrk_…`. It goes to `baseUrl` only and is never logged.
   * @default the environment variable `WHISPERR_API_KEY`
   */
  readonly apiKey?: string | undefined;
}

/**
 * Makes a client for module scope, for the App Router (route handlers, server actions, server components), the Pages Router
 * (`pages/api`, `getServerSideProps`) and middleware (`proxy`), in the Node.js and the edge runtime. Each call is delivered
 * after the response of the request it is made in.
 *
 * Does nothing until the first call: the key may be missing at `next build`. What a page calls while it is rendered at build
 * time is not recorded, and the console says so.
 *
 * @throws An Error that names the option and the fix, when an option makes no sense. A production build takes its default, and throws
 * only where that would do harm. No call on the client throws later.
 *
 * @example
 * export const whisperr = createWhisperr();
 */
export function createWhisperr<Events extends EventMap = RegisteredEvents>(
  options: NextOptions & EventSchemas<Events> = {},
): Whisperr<Events> {
  checkObject(options);
  const hasKey = options.disabled === true || Boolean(options.apiKey || keyOfEnvironment());
  const said: Said = new Set();
  // Made in any case, with some key: it checks the options.
  const client = make<Events>(hasKey ? options : { ...options, apiKey: "wrk_later" }, said);
  if (isBuilding()) return later(notAtBuild<Events>);
  return hasKey ? client : later(() => make<Events>(options, said));
}

function make<Events extends EventMap>(
  given: NextOptions & EventSchemas<Events>,
  said: Said,
): Whisperr<Events> {
  const hurry = () => {
    void api.flush();
    // A flush waits for the next attempt.
    guard(client, () => retry(client));
  };
  const bound = boundWaits({ hurry, abandon: () => abandon(client) });
  checkTypes("function", given, ["fetch"]);
  const options = {
    ...given,
    apiKey: given.apiKey || (keyOfEnvironment() ?? ""),
    fetch: untraced(typeof given.fetch === "function" ? given.fetch : platformFetch),
    waitUntil: waitUntilInNext(bound),
  };
  if (options.disabled === true || isWithoutKey(options)) return createDisabledClient<Events>();
  const { api, client } = createSharedClient<Events>(options, said);
  leaveRenders(client.ports);
  return api;
}

/** Set by Next.js. */
function isBuilding(): boolean {
  return environment("NEXT_PHASE") === "phase-production-build";
}

/** A page that is rendered now is seen by everybody, later; what it records would be nobody's visit. */
function notAtBuild<Events extends EventMap>(): Whisperr<Events> {
  console.warn(
    "[whisperr] Nothing is recorded while `next build` renders pages. For an event of each request, render at request time: `await connection()` before the call.",
  );
  return createDisabledClient<Events>();
}

/** A client that is made by its first call. Where that fails, it is one that does nothing: the call is one of a page. */
function later<Events extends EventMap>(makeClient: () => Whisperr<Events>): ServerClient<Events> {
  let client: Whisperr<Events> | undefined;
  const made = () => {
    try {
      client ??= makeClient();
    } catch (error) {
      sayDisabled(error);
      client = createDisabledClient<Events>();
    }
    return client;
  };
  return {
    track: (userId, event, ...rest) => made().track(userId, event, ...rest),
    identify: (userId, identity) => made().identify(userId, identity),
    forUser: (userId) => ({
      track: (event, ...rest) => made().track(userId, event, ...rest),
      identify: (identity) => made().identify(userId, identity),
    }),
    flush: (settings) => made().flush(settings),
    shutdown: (settings) => made().shutdown(settings),
    stats: () => made().stats(),
  };
}
