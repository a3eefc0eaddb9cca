/** Astro: `context.locals.whisperr`, bound to the authenticated user of the request. */
import type { EventMap, UserClient } from "@whisperr/core";
import type { APIContext, AstroSession, MiddlewareHandler } from "astro";
import type { ClosableServer } from "./close-on-signal.ts";
import type { Whisperr } from "./create-whisperr.ts";
import type { RequestOptions } from "./frameworks/request-client.ts";
import { placeIn, requestRunner } from "./frameworks/request-runner.ts";
import { serversOfProcess } from "./frameworks/servers-of-process.ts";
import { userIn } from "./frameworks/users.ts";
import type { RegisteredEvents } from "./register.ts";

/**
 * The events `locals.whisperr` knows. Empty, it takes any; an app that wants its own checked declares them once:
 * `declare module "@whisperr/node/astro" { interface RequestEvents extends MyEvents {} }`
 */
// biome-ignore lint/suspicious/noEmptyInterface: apps add to it
export interface RequestEvents {}

/** The events of `RequestEvents`, once an app has declared some. */
type EventsOfRequest = keyof RequestEvents extends never ? RegisteredEvents : RequestEvents;

declare global {
  namespace App {
    interface Locals {
      /** Set by `whisperrAstro()`; its calls belong to the user who makes the request. */
      whisperr: UserClient<EventsOfRequest>;
    }
  }
}

/** What `whisperrAstro()` can be told. */
export interface AstroOptions extends RequestOptions<[context: APIContext]> {}

/**
 * Astro middleware that sets `locals.whisperr`; `sequence()` puts it beside others. The user is looked up at each call, so it
 * does not matter whether authentication runs before or after. A call without a user is counted in `stats().dropped.no_user`,
 * and told of once in the life of the process. Never fails a request.
 *
 * @example
 * export const onRequest = whisperrAstro(whisperr, { resolveUser: ({ locals }) => locals.account?.id });
 */
export function whisperrAstro<Events extends EventMap = RegisteredEvents>(
  whisperr: Whisperr<Events>,
  options: AstroOptions = {},
): MiddlewareHandler {
  const inRequest = requestRunner<[APIContext], Events>(whisperr, options, {
    name: "whisperrAstro()",
    holders: ({ locals }) => [locals],
    elsewhere: ({ session }) => session && userOfSession(session),
    where: "context.locals, and for userId and user.id in context.session",
    place: (client, { locals }) => placeIn(locals, client),
  });
  return (context, next) => inRequest(next, context);
}

/** One that cannot be read has nobody. */
async function userOfSession(session: AstroSession): Promise<string | undefined> {
  try {
    const user = { userId: await session.get("userId"), user: await session.get("user") };
    return userIn([user], ["userId", "user.id"]);
  } catch {
    return undefined;
  }
}

/**
 * The server that the standalone build of `@astrojs/node` keeps to itself, for `closeOnSignal()`: the adapter leaves signals alone,
 * and one would cut off the requests that run. To be called once, in the module of the middleware. Never throws.
 *
 * @example
 * closeOnSignal(whisperr, { server: astroServer() });
 */
export function astroServer(): ClosableServer {
  return serversOfProcess();
}
