import type { Library } from "@whisperr/core";
import { userAgent } from "./deno-api.ts";

/** What the build puts in. */
declare const VERSION: string | undefined;

/** Who records, in the context of each event. */
export function library(): Library {
  return {
    name: "@whisperr/deno",
    version: typeof VERSION === "undefined" ? undefined : VERSION,
    runtime: userAgent(),
  };
}
