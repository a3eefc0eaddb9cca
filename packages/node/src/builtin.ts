/** Node's own modules, loaded when they are first needed: naming one in an `import` costs each start of an app a third of a millisecond. */

/** `module`, in the build for CommonJS. */
declare const OWN_MODULE: { require(name: Builtin): unknown } | undefined;

/** Those of Node's own modules that are used. */
type Builtin = "node:async_hooks" | "node:crypto";

/** Where an entry that is loaded by an older Node leaves a `require` for the others. */
export const REQUIRE: unique symbol = Symbol.for("@whisperr/node require 1");

/** The process, where it was left there. */
export interface Requiring {
  [REQUIRE]?: (name: string) => unknown;
}

/** undefined where there is none of that name, or no way to it. */
export function builtin(name: Builtin): unknown {
  try {
    // Since Node 20.16 and 22.3.
    return process.getBuiltinModule ? process.getBuiltinModule(name) : requireOfOldNode(name);
  } catch {
    // Not every runtime that says it is Node has all of them.
    return undefined;
  }
}

function requireOfOldNode(name: Builtin): unknown {
  if (typeof OWN_MODULE === "undefined") return (process as Requiring)[REQUIRE]?.(name);
  // Bundlers want to know what their `require` is called with.
  return name === "node:crypto" ? OWN_MODULE.require("node:crypto") : OWN_MODULE.require("node:async_hooks");
}
