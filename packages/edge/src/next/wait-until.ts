/** How Next.js, or the platform it runs on, is asked to keep a request. */
import { after } from "next/server.js";
import type { WaitUntil } from "../options.ts";
import { requestWaitUntil } from "../platform/request-context.ts";
import { isOwnEdgeRuntime } from "./server-end.ts";

/** `bound`: see `boundWaits()`. */
export function waitUntilInNext(bound: (promise: Promise<unknown>) => Promise<void>): WaitUntil {
  return (promise) => {
    const platform = requestWaitUntil("@next/request-context") ?? requestWaitUntil("@vercel/request-context");
    const held = platform === undefined || isOwnEdgeRuntime() ? bound(promise) : promise;
    try {
      after(held);
    } catch (error) {
      // The Pages Router, and what runs outside of requests.
      if (platform !== undefined) platform(held);
      // A server of the app's own goes on anyway. Anything else is worth a warning.
      else if (!String(error).includes("outside a request scope")) throw error;
    }
  };
}
