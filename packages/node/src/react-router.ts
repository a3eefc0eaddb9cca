/** React Router in framework mode: a middleware, and the client of the request's user in the context of loaders and actions. */
import { type EventMap, misuse, type UserClient } from "@whisperr/core";
import type { LoaderFunctionArgs, MiddlewareFunction, RouterContext } from "react-router";
import type { Whisperr } from "./create-whisperr.ts";
import type { ResolveUser } from "./frameworks/request-client.ts";
import { requestRunner } from "./frameworks/request-runner.ts";
import type { RegisteredEvents } from "./register.ts";

/**
 * The events of `context.get(whisperrContext)`. Empty, it takes any; an app that wants its own checked declares them once:
 * `declare module "@whisperr/node/react-router" { interface RequestEvents extends MyEvents {} }`
 */
// biome-ignore lint/suspicious/noEmptyInterface: apps add to it
export interface RequestEvents {}

/** The events of `RequestEvents`, once an app has declared some. */
type EventsOfRequest = keyof RequestEvents extends never ? RegisteredEvents : RequestEvents;

/** Where the middleware puts the client: `context.get(whisperrContext).track("plan_upgraded")`. */
export const whisperrContext: RouterContext<UserClient<EventsOfRequest>> = {};

/** What `whisperrReactRouter()` must be told. */
export interface ReactRouterOptions {
  /**
   * The user of a request; undefined or null when there is none. It may be async. It is required: React Router has no place where a
   * user would stand.
   */
  readonly resolveUser: ResolveUser<[args: LoaderFunctionArgs]>;
}

/**
 * Middleware for the root route, after which `context.get(whisperrContext)` and `currentWhisperr()` have the client of the
 * request. The user is looked up at a call, so it does not matter whether authentication runs before or after. A call without a
 * user is counted in `stats().dropped.no_user`, and told of once in the life of the process. Never fails a request.
 *
 * @example
 * export const middleware = [whisperrReactRouter(whisperr, { resolveUser: ({ context }) => context.get(userContext)?.id })];
 */
export function whisperrReactRouter<Events extends EventMap = RegisteredEvents>(
  whisperr: Whisperr<Events>,
  options: ReactRouterOptions,
): MiddlewareFunction<Response> {
  const inRequest = requestRunner<[LoaderFunctionArgs], Events>(whisperr, options, {
    name: "whisperrReactRouter()",
    holders: () => [],
    where: "",
    place: (client, { context }) => context.set(whisperrContext, client as UserClient<EventsOfRequest>),
  });
  if (typeof options?.resolveUser !== "function")
    throw misuse(
      "resolveUser is missing: whisperrReactRouter(whisperr, { resolveUser: ({ context }) => … })",
    );
  return (args, next) => inRequest(next, args);
}
