/** SvelteKit: `event.locals.whisperr`, bound to the authenticated user of the request. */
import type { Handle, RequestEvent } from "@sveltejs/kit";
import type { EventMap, UserClient } from "@whisperr/core";
import type { Whisperr } from "./create-whisperr.ts";
import type { RequestOptions } from "./frameworks/request-client.ts";
import { placeIn, requestRunner } from "./frameworks/request-runner.ts";
import type { RegisteredEvents } from "./register.ts";

/**
 * The events `event.locals.whisperr` knows. Empty, it takes any; an app that wants its own checked declares them once:
 * `declare module "@whisperr/node/sveltekit" { interface RequestEvents extends MyEvents {} }`
 */
// biome-ignore lint/suspicious/noEmptyInterface: apps add to it
export interface RequestEvents {}

/** The events of `RequestEvents`, once an app has declared some. */
type EventsOfRequest = keyof RequestEvents extends never ? RegisteredEvents : RequestEvents;

declare global {
  namespace App {
    interface Locals {
      /** Set by `whisperrSvelteKit()`; its calls belong to the user who makes the request. */
      whisperr: UserClient<EventsOfRequest>;
    }
  }
}

/** What `whisperrSvelteKit()` can be told. */
export interface SvelteKitOptions extends RequestOptions<[event: RequestEvent]> {}

/**
 * A `handle` of SvelteKit that sets `event.locals.whisperr`; `sequence()` puts it beside others. The user is looked up at each
 * call, so it does not matter whether authentication runs before or after. A call without a user is counted in
 * `stats().dropped.no_user`, and told of once in the life of the process. Never fails a request. With `adapter-node` a process that
 * is told to end lets its requests finish, and delivers.
 *
 * @example
 * export const handle = whisperrSvelteKit(whisperr, { resolveUser: async ({ locals }) => (await locals.auth())?.user?.id });
 */
export function whisperrSvelteKit<Events extends EventMap = RegisteredEvents>(
  whisperr: Whisperr<Events>,
  options: SvelteKitOptions = {},
): Handle {
  const inRequest = requestRunner<[RequestEvent], Events>(whisperr, options, {
    name: "whisperrSvelteKit()",
    holders: ({ locals }) => [locals],
    where: "event.locals",
    place: (client, { locals }) => placeIn(locals, client),
  });
  return ({ event, resolve }) => inRequest(() => resolve(event), event);
}
