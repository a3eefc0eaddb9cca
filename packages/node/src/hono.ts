/** Hono on Node.js and Bun: `c.get("whisperr")`, bound to the authenticated user of the request. */
import type { EventMap, UserClient } from "@whisperr/core";
import type { Context } from "hono";
import type { Whisperr } from "./create-whisperr.ts";
import type { RequestOptions } from "./frameworks/request-client.ts";
import { requestRunner } from "./frameworks/request-runner.ts";
import { PLACES } from "./frameworks/users.ts";
import type { RegisteredEvents } from "./register.ts";

/**
 * The events `c.get("whisperr")` knows. Empty, it takes any; an app that wants its own checked declares them once:
 * `declare module "@whisperr/node/hono" { interface RequestEvents extends MyEvents {} }`
 */
// biome-ignore lint/suspicious/noEmptyInterface: apps add to it
export interface RequestEvents {}

/** The events of `RequestEvents`, once an app has declared some. */
type EventsOfRequest = keyof RequestEvents extends never ? RegisteredEvents : RequestEvents;

declare module "hono" {
  interface ContextVariableMap {
    /** Set by `whisperrHono()`; its calls belong to the user who makes the request. */
    whisperr: UserClient<EventsOfRequest>;
  }
}

/** What `whisperrHono()` can be told. */
export interface HonoOptions extends RequestOptions<[context: Context]> {}

/** Where Hono's own middleware puts the user, beside the usual places: JWTs, Clerk, Auth.js. */
const OF_HONO = [...PLACES, "jwtPayload.sub", "clerkAuth().userId", "authUser.user.id"];

/**
 * Hono middleware that sets the variable `whisperr`. The user is looked up at each call, so it does not matter whether
 * authentication runs before or after. A call without a user is counted in `stats().dropped.no_user`, and told of once in the
 * life of the process. Never fails a request. For edge runtimes, where each request delivers for itself, there is
 * `@whisperr/edge/hono`.
 *
 * @example
 * app.use(whisperrHono(whisperr, { resolveUser: (c) => c.get("account")?.id }));
 */
export function whisperrHono<Events extends EventMap = RegisteredEvents>(
  whisperr: Whisperr<Events>,
  options: HonoOptions = {},
): (context: Context, next: () => Promise<void>) => Promise<void> {
  const inRequest = requestRunner<[Context], Events>(whisperr, options, {
    name: "whisperrHono()",
    holders: (context) => [context.var],
    where: "the variables of the context",
    places: OF_HONO,
    place: (client, context) => context.set("whisperr", client as UserClient<EventsOfRequest>),
  });
  return (context, next) => inRequest(next, context);
}
