/** What `create-next-app` makes today: Turbopack and Cache Components, and no key on the machine that builds. */
import { provesItself } from "./scenario.ts";

provesItself({
  site: {
    name: "turbopack",
    config: { cacheComponents: true, partialPrefetching: true },
    next: "next",
    hasEdgeRoute: false,
  },
  args: [],
  hasKey: false,
  exit: 143,
});
