/** Express 4 and 5: `req.whisperr`, bound to the authenticated user of the request. */
import {
  type AnyEvents,
  describeThrown,
  diagnostics,
  type EventMap,
  ignoreRejection,
  misuse,
  type UserClient,
} from "@whisperr/core";
import type { Whisperr } from "./create-whisperr.ts";

/**
 * The events `req.whisperr` knows. Empty, it takes any; an app that wants its own checked declares them once:
 * `declare module "@whisperr/node/express" { interface RequestEvents extends MyEvents {} }`
 */
// biome-ignore lint/suspicious/noEmptyInterface: apps add to it
export interface RequestEvents {}

/** The events of `RequestEvents`, once an app has declared some. */
type EventsOfRequest = keyof RequestEvents extends never ? AnyEvents : RequestEvents;

declare global {
  namespace Express {
    interface Request {
      /** Set by `whisperrExpress()`; its calls belong to the user who makes the request. */
      whisperr: UserClient<EventsOfRequest>;
    }
  }
}

/** What `whisperrExpress()` can be told. */
export interface ExpressOptions<Request> {
  /** The user of a request; undefined or null when there is none. Default: `userOfRequest`. */
  readonly resolveUser?: ((request: Request) => string | number | bigint | null | undefined) | undefined;
}

/**
 * Express middleware that sets `req.whisperr`. The user is looked up at each call, so it does not matter whether
 * authentication runs before or after. Without a user a call does nothing, which the client's `debug` mentions. Never
 * fails a request.
 */
export function whisperrExpress<Events extends EventMap = AnyEvents, Request extends object = object>(
  whisperr: Whisperr<Events>,
  options: ExpressOptions<Request> = {},
): (request: Request, response: unknown, next: (error?: unknown) => void) => void {
  const resolveUser = options.resolveUser ?? userOfRequest;
  if (typeof whisperr?.forUser !== "function") {
    throw misuse("whisperrExpress() takes the client that createWhisperr() made");
  }
  if (typeof resolveUser !== "function") throw misuse("resolveUser must be a function");

  /** The client of the request's user; undefined without one. */
  function clientOf(request: Request): UserClient<Events> | undefined {
    try {
      const userId: unknown = resolveUser(request);
      ignoreRejection(userId);
      // As it is: whatever resolveUser gave against its type (a promise, NaN) is refused and reported, never an id.
      if (userId !== undefined && userId !== null && userId !== "") return whisperr.forUser(userId as string);
      whisperr[diagnostics]?.("a call was left out: the request has no user");
      return undefined;
    } catch (error) {
      whisperr[diagnostics]?.(`resolveUser threw: ${describeThrown(error)}`);
      // The call is then refused, and reported, for want of a user.
      return whisperr.forUser(undefined as never);
    }
  }

  return (request, _response, next) => {
    const client: UserClient<Events> = {
      track: (event, ...rest) => clientOf(request)?.track(event, ...rest),
      identify: (identity) => clientOf(request)?.identify(identity),
    };
    Object.assign(request, { whisperr: client });
    next();
  };
}

/** `req.user.id`, `req.user.sub`, `req.auth.userId`, `req.auth.sub`, `req.userId`, in this order; the first usable one. */
export function userOfRequest(request: object): string | undefined {
  // Each is where a common authentication middleware puts the user; Express's own type knows none of them.
  const { user, auth, userId } = request as { user?: unknown; auth?: unknown; userId?: unknown };
  const candidates = [
    field(user, "id"),
    field(user, "sub"),
    field(auth, "userId"),
    field(auth, "sub"),
    userId,
  ];
  const found = candidates.find(
    (id) =>
      (typeof id === "string" && id.trim() !== "") || Number.isSafeInteger(id) || typeof id === "bigint",
  );
  return found === undefined ? undefined : String(found);
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
