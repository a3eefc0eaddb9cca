/** Where Vercel shows functions the request they run in. */
import type { WaitUntil } from "../options.ts";

interface RequestContext {
  get?(): { readonly waitUntil?: WaitUntil } | undefined;
}

/** The current request's; undefined outside of Vercel, and outside of a request. */
export function vercelWaitUntil(): WaitUntil | undefined {
  const key = Symbol.for("@vercel/request-context");
  return (globalThis as { [key]?: RequestContext })[key]?.get?.()?.waitUntil;
}
