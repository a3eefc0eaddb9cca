/** The version before: webpack is its only way to build, and a proxy is called middleware, which runs in the edge runtime. */
import { provesItself } from "./scenario.ts";

provesItself({
  site: { name: "next15", config: {}, next: "next15", hasEdgeRoute: true },
  args: [],
  hasKey: false,
  exit: 0,
});
