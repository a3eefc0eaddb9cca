/** Where platforms show functions the request they run in. */
import type { WaitUntil } from "../options.ts";

interface RequestContext {
  get?(): { readonly waitUntil?: WaitUntil | undefined } | undefined;
}

/** Vercel's own place, or that of every platform that runs Next.js. */
export type ContextKey = "@vercel/request-context" | "@next/request-context";

/** The current request's; undefined on other platforms, and outside of a request. */
export function requestWaitUntil(name: ContextKey): WaitUntil | undefined {
  const key = Symbol.for(name);
  return (globalThis as { [key]?: RequestContext })[key]?.get?.()?.waitUntil;
}
