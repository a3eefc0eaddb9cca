import type { Library } from "@whisperr/core";

/** What the build puts in. */
declare const VERSION: string | undefined;

/** Who records, in the context of each event. */
export function library(): Library {
  const { navigator, EdgeRuntime } = globalThis as {
    navigator?: { userAgent?: string };
    EdgeRuntime?: string;
  };
  return {
    name: "@whisperr/edge",
    version: typeof VERSION === "undefined" ? undefined : VERSION,
    runtime: navigator?.userAgent ?? EdgeRuntime,
  };
}
