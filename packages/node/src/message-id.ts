/** Randomness for message ids, drawn at a client's first event: `node:crypto` takes five milliseconds to load. */
// Under a name of its own: apps that are bundled often have a `createRequire` at the top of the bundle.
import { createRequire as requireFrom } from "node:module";

export function randomUuid(): string {
  // Not the global `crypto`, which Node 18 lacks. A file that exists wherever Node runs: only its built-in modules are asked for.
  const builtin = requireFrom(process.execPath);
  return (builtin("node:crypto") as typeof import("node:crypto")).randomUUID();
}
