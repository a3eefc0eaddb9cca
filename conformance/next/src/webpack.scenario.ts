/** Sites from before: webpack, routes in the edge runtime, and the key is there at build time too. */
import { provesItself } from "./scenario.ts";

provesItself({
  site: { name: "webpack", config: {}, hasEdgeRoute: true },
  args: ["--webpack"],
  hasKey: true,
});
