/** Fastify 5: a plugin that gives every request a client, bound to its authenticated user. */
import { type EventMap, flushAtEnd, type Names, type UserClient } from "@whisperr/core";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Whisperr } from "./create-whisperr.ts";
import { closeTimeout } from "./frameworks/close-timeout.ts";
import { REQUEST_OPTION_NAMES, type RequestOptions } from "./frameworks/request-client.ts";
import { placeIn, requestRunner } from "./frameworks/request-runner.ts";
import { runWith } from "./frameworks/requests.ts";
import type { RegisteredEvents } from "./register.ts";

/**
 * The events `request.whisperr` knows. Empty, it takes any; an app that wants its own checked declares them once:
 * `declare module "@whisperr/node/fastify" { interface RequestEvents extends MyEvents {} }`
 */
// biome-ignore lint/suspicious/noEmptyInterface: apps add to it
export interface RequestEvents {}

/** The events of `RequestEvents`, once an app has declared some. */
type EventsOfRequest = keyof RequestEvents extends never ? RegisteredEvents : RequestEvents;

declare module "fastify" {
  interface FastifyRequest {
    /** Set by `whisperrFastify()`; its calls belong to the user who makes the request. */
    whisperr: UserClient<EventsOfRequest>;
  }
}

/** What `whisperrFastify()` can be told. */
export interface FastifyOptions extends RequestOptions<[request: FastifyRequest, reply: FastifyReply]> {
  /**
   * How long `app.close()` may wait for the delivery of what is queued, in ms; 0 or more.
   * @default 5_000
   */
  readonly closeTimeoutMs?: number | undefined;
}

const OPTION_NAMES: Names<FastifyOptions> = { ...REQUEST_OPTION_NAMES, closeTimeoutMs: true };

/** What `app.register()` takes. */
export type WhisperrPlugin = (app: FastifyInstance, options: object, done: (error?: Error) => void) => void;

/**
 * A Fastify plugin that sets `request.whisperr`, for all routes of the scope that registers it, and of those inside. The
 * user is looked up at each call, so it does not matter whether authentication runs before or after. A call without a user is
 * counted in `stats().dropped.no_user`, and told of once in the life of the process. Never fails a request. `app.close()`
 * delivers what is queued, once the requests that run have ended; the client stays usable.
 *
 * @example
 * app.register(whisperrFastify(whisperr, { resolveUser: (request) => request.session.userId }));
 */
export function whisperrFastify<Events extends EventMap = RegisteredEvents>(
  whisperr: Whisperr<Events>,
  options: FastifyOptions = {},
): WhisperrPlugin {
  const inRequest = requestRunner<[FastifyRequest, FastifyReply], Events>(whisperr, options, {
    name: "whisperrFastify()",
    names: OPTION_NAMES,
    holders: (request) => [request, request.raw],
    where: "request and request.raw",
    place: (client, request) => placeIn(request, client),
  });
  const timeoutMs = closeTimeout(options.closeTimeoutMs);
  const plugin: WhisperrPlugin = (app, _options, done) => {
    // A scope inside may have a client, or users, of its own.
    if (!app.hasRequestDecorator("whisperr")) app.decorateRequest("whisperr");
    app.addHook("onRequest", (request, reply, next) => inRequest(next, request, reply));
    // What reads a body goes on where the connection's data came in.
    app.addHook("preValidation", (request, _reply, next) => runWith(request.whisperr, next));
    app.addHook("onClose", async () => {
      await flushAtEnd(whisperr, { timeoutMs });
    });
    done();
  };
  // What fastify-plugin does: the scope that registers it has it, and not one that Fastify makes for the plugin.
  return Object.assign(plugin, {
    [Symbol.for("skip-override")]: true,
    [Symbol.for("fastify.display-name")]: "@whisperr/node/fastify",
    [Symbol.for("plugin-meta")]: { name: "@whisperr/node/fastify", fastify: ">=5.0.0" },
  });
}
