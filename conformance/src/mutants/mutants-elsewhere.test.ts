/** The mutants of the SDKs for Deno, edge platforms and browsers, each in its own runtime. */
import { tryMutants } from "./trials.ts";

tryMutants(["deno", "edge", "browser"]);
