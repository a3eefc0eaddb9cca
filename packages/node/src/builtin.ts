/** Node's own modules, loaded when they are first needed: naming one in an `import` costs each start of an app a third of a millisecond. */

/** `module`, in the build for CommonJS. */
declare const OWN_MODULE: { require(name: "node:module"): typeof import("node:module") } | undefined;

/** Where an entry that is loaded by an older Node leaves a `require` for the others. */
export const REQUIRE: unique symbol = Symbol.for("@whisperr/node require 1");

/** undefined where there is none of that name, or no way to it. */
export function builtin(name: string): unknown {
  try {
    // Since Node 20.16 and 22.3.
    return process.getBuiltinModule ? process.getBuiltinModule(name) : requireOfOldNode()?.(name);
  } catch {
    // Not every runtime that says it is Node has all of them.
    return undefined;
  }
}

function requireOfOldNode(): ((name: string) => unknown) | undefined {
  if (typeof OWN_MODULE !== "undefined")
    // Bundlers want to know what their `require` is called with. The file exists wherever Node runs.
    return OWN_MODULE.require("node:module").createRequire(process.execPath);
  return (process as { [REQUIRE]?: NodeJS.Require })[REQUIRE];
}
