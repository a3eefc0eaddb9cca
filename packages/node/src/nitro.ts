/** Nitro, by itself and in Nuxt: `event.context.whisperr`, bound to the authenticated user of the request. */
import { type EventMap, misuse, type Names, type UserClient } from "@whisperr/core";
import type { EventHandler, H3Event } from "h3";
import type { Whisperr } from "./create-whisperr.ts";
import { closeTimeout } from "./frameworks/close-timeout.ts";
import { REQUEST_OPTION_NAMES, type RequestOptions } from "./frameworks/request-client.ts";
import { placeIn, requestRunner } from "./frameworks/request-runner.ts";
import type { RegisteredEvents } from "./register.ts";

/**
 * The events `event.context.whisperr` knows. Empty, it takes any; an app that wants its own checked declares them once:
 * `declare module "@whisperr/node/nitro" { interface RequestEvents extends MyEvents {} }`
 */
// biome-ignore lint/suspicious/noEmptyInterface: apps add to it
export interface RequestEvents {}

/** The events of `RequestEvents`, once an app has declared some. */
type EventsOfRequest = keyof RequestEvents extends never ? RegisteredEvents : RequestEvents;

declare module "h3" {
  interface H3EventContext {
    /** Set by `whisperrNitro()`; its calls belong to the user who makes the request. */
    whisperr: UserClient<EventsOfRequest>;
  }
}

/** What `whisperrNitro()` can be told. */
export interface NitroOptions extends RequestOptions<[event: H3Event]> {
  /**
   * How long the server's end may wait for the delivery of what is queued, in ms; 0 or more.
   * @default 5_000
   */
  readonly closeTimeoutMs?: number | undefined;
}

const OPTION_NAMES: Names<NitroOptions> = { ...REQUEST_OPTION_NAMES, closeTimeoutMs: true };

/** What is used of a Nitro app. */
export interface NitroAppLike {
  /** The app of h3, whose handler serves every request. */
  readonly h3App: { handler: EventHandler };
  /** Where Nitro says that it ends. */
  readonly hooks: { hook(name: "close", listener: () => Promise<void>): unknown };
}

/** What a file in `server/plugins` exports by default. */
export type WhisperrNitroPlugin = (app: NitroAppLike) => void;

/**
 * A plugin of Nitro 2, which is the server of Nuxt 4, that sets `event.context.whisperr`. The user is looked up at each call, so it
 * does not matter whether authentication runs before or after. A call without a user is counted in `stats().dropped.no_user`, and told
 * of once in the life of the process. Never fails a request. When the server is told to end, requests that run finish, and what is
 * queued is delivered.
 *
 * @throws Error that names the fix, when the app is one of another version of Nitro
 * @example
 * export default whisperrNitro(whisperr, { resolveUser: async (event) => (await getUserSession(event)).user?.id });
 */
export function whisperrNitro<Events extends EventMap = RegisteredEvents>(
  whisperr: Whisperr<Events>,
  options: NitroOptions = {},
): WhisperrNitroPlugin {
  const inRequest = requestRunner<[H3Event], Events>(whisperr, options, {
    name: "whisperrNitro()",
    names: OPTION_NAMES,
    holders: ({ context, node }) => [context, ...sessionsOf(context), node.req],
    where: "event.context, the sessions of h3 and event.node.req",
    place: (client, { context }) => placeIn(context, client),
  });
  const timeoutMs = closeTimeout(options?.closeTimeoutMs);
  return ({ h3App, hooks }) => {
    if (typeof h3App?.handler !== "function")
      throw misuse("whisperrNitro() is for Nitro 2, the server of Nuxt 3 and 4: this is another Nitro");
    const { handler } = h3App;
    // What Nitro's own asyncContext does: hooks could not run the request in anything.
    const wrapped = (event: H3Event) => inRequest(() => handler(event), event);
    h3App.handler = Object.assign(wrapped, handler);
    hooks.hook("close", async () => {
      await whisperr.shutdown({ timeoutMs });
    });
  };
}

/** Of useSession(), and of nuxt-auth-utils. */
function sessionsOf({ sessions }: H3Event["context"]): readonly { readonly session: unknown }[] {
  return Object.values(sessions ?? {}).map(({ data }) => ({ session: data }));
}
