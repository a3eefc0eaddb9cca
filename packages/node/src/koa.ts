/** Koa 3: `ctx.whisperr`, bound to the authenticated user of the request. */
import type { EventMap, UserClient } from "@whisperr/core";
import type { Context } from "koa";
import type { Whisperr } from "./create-whisperr.ts";
import type { RequestOptions } from "./frameworks/request-client.ts";
import { placeIn, requestRunner } from "./frameworks/request-runner.ts";
import type { RegisteredEvents } from "./register.ts";

/**
 * The events `ctx.whisperr` knows. Empty, it takes any; an app that wants its own checked declares them once:
 * `declare module "@whisperr/node/koa" { interface RequestEvents extends MyEvents {} }`
 */
// biome-ignore lint/suspicious/noEmptyInterface: apps add to it
export interface RequestEvents {}

/** The events of `RequestEvents`, once an app has declared some. */
type EventsOfRequest = keyof RequestEvents extends never ? RegisteredEvents : RequestEvents;

declare module "koa" {
  interface DefaultContext {
    /** Set by `whisperrKoa()`; its calls belong to the user who makes the request. */
    whisperr: UserClient<EventsOfRequest>;
  }
}

/** What `whisperrKoa()` can be told. */
export interface KoaOptions extends RequestOptions<[context: Context]> {}

/**
 * Koa middleware that sets `ctx.whisperr`. The user is looked up at each call, so it does not matter whether authentication
 * runs before or after. A call without a user is counted in `stats().dropped.no_user`, and told of once in the life of the
 * process. Never fails a request.
 *
 * @example
 * app.use(whisperrKoa(whisperr, { resolveUser: (ctx) => ctx.state.account?.id }));
 */
export function whisperrKoa<Events extends EventMap = RegisteredEvents>(
  whisperr: Whisperr<Events>,
  options: KoaOptions = {},
): (context: Context, next: () => Promise<unknown>) => Promise<unknown> {
  const inRequest = requestRunner<[Context], Events>(whisperr, options, {
    name: "whisperrKoa()",
    holders: (context) => [context.state, context, context.req],
    where: "ctx.state, ctx and ctx.req",
    place: (client, context) => placeIn(context, client),
  });
  return (context, next) => inRequest(next, context);
}
