import type { Library } from "@whisperr/core";

/** What the build puts in. */
declare const VERSION: string | undefined;

/** Who records, in the context of each event. */
export function library(): Library {
  const { bun, node } = process.versions;
  return {
    name: "@whisperr/node",
    version: typeof VERSION === "undefined" ? undefined : VERSION,
    runtime: bun ? `bun/${bun}` : `node/${node}`,
  };
}
