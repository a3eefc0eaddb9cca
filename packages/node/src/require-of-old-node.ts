/** A way to Node's own modules for what runs as an ES module on a Node without `process.getBuiltinModule()`: before 20.16 and 22.3. */
// As a whole: apps that are bundled often have a `createRequire` at the top of the bundle, and tools drop another name for it.
import * as nodeModule from "node:module";
import { REQUIRE } from "./builtin.ts";

/** To be called before a client is made. */
export function provideRequire(): void {
  const host = process as { [REQUIRE]?: NodeJS.Require };
  // A file that exists wherever Node runs: only its built-in modules are asked for.
  host[REQUIRE] ??= nodeModule.createRequire(process.execPath);
}
