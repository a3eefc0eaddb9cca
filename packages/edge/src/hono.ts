/**
 * Hono, on any runtime it runs on: a client for each request, as `c.get("whisperr")`.
 *
 * Hono's own types are not imported: what is used of a context is written down here, and Hono's fits.
 */
import type { EventMap } from "@whisperr/core";
import type { Whisperr } from "./client/create-whisperr.ts";
import { createRequestClient } from "./client/request-client.ts";
import type { Said } from "./client/without-key.ts";
import type { EdgeOptions, WaitUntil } from "./options.ts";
import { requestWaitUntil } from "./platform/request-context.ts";
import type { RegisteredEvents } from "./register.ts";

/** What is used of Hono's context. */
export interface HonoContext {
  /** Sets a variable of the request. */
  readonly set: (key: never, value: never) => void;
  /** The platform's; throws where the runtime has none. */
  readonly executionCtx: {
    /** Keeps the request open until `promise` has settled. */
    waitUntil(promise: Promise<unknown>): void;
  };
}

/** What a function of options gets unless it says otherwise, such as `(c: Context<{ Bindings: Env }>)`. */
export interface HonoContextWithKey extends HonoContext {
  /** The bindings, where platforms that have any keep the key. */
  readonly env: { readonly [name: string]: string | undefined };
}

/** The variables the middleware sets: `new Hono<{ Variables: WhisperrVariables }>()`. */
export interface WhisperrVariables<Events extends EventMap = RegisteredEvents> {
  /** The client of the request. */
  whisperr: Whisperr<Events>;
}

/** What `whisperr()` can be told. */
export interface HonoOptions extends EdgeOptions {
  /**
   * Keeps the request open. Where there is none, as in Node.js, Deno and Bun, delivery just runs.
   * @default the runtime's, of the request
   */
  readonly waitUntil?: WaitUntil | undefined;
}

/**
 * Middleware that sets `whisperr`: a client of the request. What the handlers behind it track goes out when they have
 * returned, after the response. `options` may be a function of the context, for runtimes where the key is in `c.env`; it
 * is asked once per request.
 *
 * @example
 * app.use(whisperr((c) => ({ apiKey: c.env.WHISPERR_API_KEY })));
 */
export function whisperr<Events extends EventMap = RegisteredEvents, Context = HonoContextWithKey>(
  options: HonoOptions | ((c: Context) => HonoOptions),
): (c: HonoContext, next: () => Promise<void>) => Promise<void> {
  const said: Said = new Set();
  return async (c, next) => {
    const given = typeof options === "function" ? options(c as Context) : options;
    const { api, handlerReturned } = createRequestClient<Events>(
      { ...given, waitUntil: given?.waitUntil ?? waitUntilOf(c) ?? (() => {}) },
      said,
    );
    c.set("whisperr" as never, api as never);
    try {
      await next();
    } finally {
      handlerReturned();
    }
  };
}

function waitUntilOf(c: HonoContext): WaitUntil | undefined {
  try {
    const { executionCtx } = c;
    return (promise) => executionCtx.waitUntil(promise);
  } catch {
    // Not given to the app's fetch.
    return requestWaitUntil("@vercel/request-context");
  }
}
