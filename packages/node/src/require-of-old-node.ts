/** A way to Node's own modules for what runs as an ES module on a Node without `process.getBuiltinModule()`: before 20.16 and 22.3. */
import * as asyncHooks from "node:async_hooks";
// As a whole: apps that are bundled often have a `createRequire` at the top of the bundle, and tools drop another name for it.
import * as nodeModule from "node:module";
import { REQUIRE, type Requiring } from "./builtin.ts";

/** To be called before a client is made. */
export function provideRequire(): void {
  (process as Requiring)[REQUIRE] ??= (name) => {
    // The one that a start asks for: to make a `require` takes half a millisecond.
    if (name === "node:async_hooks") return asyncHooks;
    // A file that exists wherever Node runs: only its built-in modules are asked for.
    return nodeModule.createRequire(process.execPath)(name);
  };
}
