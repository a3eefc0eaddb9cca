/** Mistakes of client SDKs about pages that go elsewhere without being loaded again, and apps that make their client twice. */
import { deaf } from "../hooks/platform.ts";
import { withEachEvent } from "../hooks/requests.ts";
import type { How, Mutant, Options } from "../mutant.ts";

const isNavigation = "currententrychange";

/** Records a view at each change of the address, if `when`. */
const viewing =
  (when: (options: Options, isOver: boolean) => boolean): How =>
  ({ options }) => {
    const ending = new AbortController();
    let isOver = false;
    return {
      client({ page, shutdown }) {
        const view = () => {
          if (when(options, isOver)) page?.();
        };
        navigation.addEventListener(isNavigation, view, { signal: ending.signal });
        return {
          shutdown(given) {
            isOver = true;
            return shutdown(given);
          },
        };
      },
      undo: () => ending.abort(),
    };
  };

/** Of this page load. */
let clients = 0;

export const navigationMutants: readonly Mutant[] = [
  {
    id: "views-of-loads-only",
    does: "Records a view when a page loads, and none when it goes elsewhere by itself.",
    how: deaf(() => navigation, isNavigation),
    caughtBy: { "page.navigation": /stored types/ },
  },
  {
    id: "page-of-the-load",
    does: "Looks once where it is.",
    how: withEachEvent(() => {
      let page: unknown;
      return (event) => {
        page ??= event.context.page;
        return { ...event, context: { ...event.context, page } };
      };
    }),
    caughtBy: { "page.navigation": /contexts\[1\]\.page\.path: expected \/\/cart/ },
  },
  {
    id: "view-of-each-anchor",
    does: "Takes a jump within the page for another page.",
    how: viewing(() => true),
    caughtBy: { "page.anchor": /stored types\[0\]: expected "page_viewed", got "page_viewed×[34]"/ },
  },
  {
    id: "view-of-each-query",
    does: "Takes another query for another page.",
    how: viewing(() => true),
    caughtBy: {
      "page.query": /stored types\[0\]: expected "page_viewed", got "page_viewed×[34]"/,
      "page.route-in-a-fragment": /stored types\[0\]: expected "page_viewed×3"/,
    },
  },
  {
    id: "navigations-not-to-be-turned-off",
    does: "Turns off the view of a page that loads, and none of those that follow.",
    how: viewing(({ pageViews }) => pageViews === false),
    caughtBy: { "page.navigation-off": /stored types/ },
  },
  {
    id: "views-after-shutdown",
    does: "Goes on looking where its page goes after shutdown().",
    how: viewing((_options, isOver) => isOver),
    caughtBy: { "page.after-shutdown": /errors: expected 0 items, got 1/ },
  },
  {
    id: "client-for-every-creation",
    does: "Makes another client each time it is asked for one, with all that a client does by itself.",
    how: ({ options }) => ({
      options: (given) => ({ ...given, apiKey: `wrk_number_${++clients}` }),
      fetch: ({ headers, ...request }, send) =>
        send({ ...request, headers: { ...headers, "x-api-key": String(options.apiKey) } }),
    }),
    caughtBy: { "page.made-twice": /listeners are left after shutdown/ },
  },
];
