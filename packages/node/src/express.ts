/** Express 4 and 5: `req.whisperr`, bound to the authenticated user of the request. */
import type { EventMap, UserClient } from "@whisperr/core";
import type { Whisperr } from "./create-whisperr.ts";
import { placeIn, requestRunner } from "./frameworks/request-runner.ts";
import { type UserId, userIn } from "./frameworks/users.ts";
import type { RegisteredEvents } from "./register.ts";

/**
 * The events `req.whisperr` knows. Empty, it takes any; an app that wants its own checked declares them once:
 * `declare module "@whisperr/node/express" { interface RequestEvents extends MyEvents {} }`
 */
// biome-ignore lint/suspicious/noEmptyInterface: apps add to it
export interface RequestEvents {}

/** The events of `RequestEvents`, once an app has declared some. */
type EventsOfRequest = keyof RequestEvents extends never ? RegisteredEvents : RequestEvents;

declare global {
  namespace Express {
    interface Request {
      /** Set by `whisperrExpress()`; its calls belong to the user who makes the request. */
      whisperr: UserClient<EventsOfRequest>;
    }
    interface Locals {}
  }
}

/** What of a request needs no types of Express: with what middleware has declared of it. */
export interface ExpressRequest extends Express.Request {
  /** In small letters. */
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  /** A header. */
  get(name: string): string | undefined;
}

/** What of a response needs no types of Express. */
export interface ExpressResponse {
  /** What middleware has put there. */
  readonly locals: Express.Locals & { readonly [name: string]: unknown };
}

/** What `whisperrExpress()` can be told. */
export interface ExpressOptions<Request = ExpressRequest, Response = ExpressResponse> {
  /**
   * The user of a request; undefined or null when there is none. It may be async: it is then asked until it finds somebody, for
   * 10 seconds at most, and the calls keep the moment and the values that they had.
   * @default where the common authentication libraries put the user
   */
  readonly resolveUser?: ((request: Request, response: Response) => UserId | PromiseLike<UserId>) | undefined;
}

/**
 * Express middleware that sets `req.whisperr`. The user is looked up at each call, so it does not matter whether
 * authentication runs before or after. A call without a user is counted in `stats().dropped.no_user`, and told of once in the
 * life of the process. Never fails a request.
 *
 * @example
 * app.use(whisperrExpress(whisperr, { resolveUser: (req) => req.session.userId }));
 */
export function whisperrExpress<
  Events extends EventMap = RegisteredEvents,
  Request extends object = ExpressRequest,
  Response extends object = ExpressResponse,
>(
  whisperr: Whisperr<Events>,
  options: ExpressOptions<Request, Response> = {},
): (request: Request, response: Response, next: (error?: unknown) => void) => void {
  const inRequest = requestRunner<[Request, Response], Events>(whisperr, options, {
    name: "whisperrExpress()",
    holders: holdersOf,
    where: "req and res.locals",
    place: (client, request) => placeIn(request, client),
  });
  return (request, response, next) => inRequest(next, request, response);
}

/** The user that a request or the `locals` of its response hold, where the common authentication libraries put them. */
export function userOfRequest(request: object, response?: object): string | undefined {
  return userIn(holdersOf(request, response));
}

function holdersOf(request: object, response?: { readonly locals?: unknown }): readonly unknown[] {
  return [request, response?.locals];
}
