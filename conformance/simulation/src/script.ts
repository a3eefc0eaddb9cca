/** A world as data: what kind it is, how things are in it, and what happens. Drawn from a seed, or kept from a failure. */
import { drawIsolates, type IsolatesScript, simulateIsolates } from "./isolates/simulate-isolates.ts";
import { drawPages, type PagesScript, pagesFigures, simulatePages } from "./pages/simulate-pages.ts";
import { drawServers } from "./servers/draw-servers.ts";
import { type ServersScript, simulateServers } from "./servers/simulate-servers.ts";
import type { Figures, Tell } from "./world.ts";

export type Script =
  | ({ readonly kind: "servers" } & ServersScript)
  | ({ readonly kind: "pages" } & PagesScript)
  | ({ readonly kind: "isolates" } & IsolatesScript);

export type Kind = Script["kind"];

export const KINDS: readonly Kind[] = ["servers", "pages", "isolates"];

/** Of ten seeds in a row, these kinds. */
const KIND_OF_SEED: readonly Kind[] = [
  "servers",
  "pages",
  "servers",
  "servers",
  "pages",
  "servers",
  "servers",
  "pages",
  "servers",
  "isolates",
];

/** The same seed is the same world, always; of the given kind, or of the one the seed stands for. */
export function drawScript(seed: number, kind = KIND_OF_SEED[seed % KIND_OF_SEED.length] as Kind): Script {
  switch (kind) {
    case "servers":
      return { kind, ...drawServers(seed) };
    case "pages":
      return { kind, ...drawPages(seed) };
    case "isolates":
      return { kind, ...drawIsolates(seed) };
    default:
      return kind satisfies never;
  }
}

/** Throws at the first thing that must not be. `tell` gets to know what happens, line by line. */
export async function simulate(script: Script, tell?: Tell): Promise<Figures> {
  switch (script.kind) {
    case "servers":
      return simulateServers(script, tell);
    case "pages":
      return pagesFigures(script, await simulatePages(script, tell));
    case "isolates":
      return simulateIsolates(script, tell);
    default:
      return script satisfies never;
  }
}
