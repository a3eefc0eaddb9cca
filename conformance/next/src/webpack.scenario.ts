/** Sites from before: webpack, routes in the edge runtime, and the key is there at build time too. */
import { provesItself } from "./scenario.ts";

provesItself({
  site: { name: "webpack", config: {}, next: "next", hasEdgeRoute: true },
  args: ["--webpack"],
  hasKey: true,
  exit: 143,
});
