/** The client for browsers: core, plugged into the page's storage, network, clock and lifecycle. */
import { type AnyEvents, type DeviceClient, type EventMap, mustBe, resolveOptions } from "@whisperr/core";
import { createDisabledClient } from "./disabled-client.ts";
import { type BrowserOptions, checkOptions } from "./options.ts";
import { hostOfPage } from "./page/host.ts";
import { watchLifecycle } from "./page/lifecycle.ts";
import { createPage } from "./page/page.ts";
import { sharedByPage } from "./page/shared.ts";
import { watchPageViews } from "./page/views.ts";

/** The client of a page. */
export interface Whisperr<Events extends EventMap = AnyEvents> extends DeviceClient<Events> {
  /** Records `page_viewed`. Needed only where `pageViews` is off. */
  page(properties?: object | null, context?: object | null): void;
}

/** Operations kept by default (contract, section 7). */
const MAX_QUEUE_SIZE = 1000;

/**
 * Makes the client of a page, or returns the one there is: with the same `apiKey` the second call, of React's StrictMode or
 * a second script tag, gets the first one's client. Without a document (server rendering) it returns one that does nothing.
 * Nothing that the client does later throws.
 * @throws Error that names the option and the fix, when an option makes no sense.
 * @example
 * const whisperr = createWhisperr({ apiKey: "wrk_…" });
 */
export function createWhisperr<Events extends EventMap = AnyEvents>(
  options: BrowserOptions = {},
): Whisperr<Events> {
  mustBe(typeof options === "object" && options, "what createWhisperr() takes", "an object", options);
  if (typeof document === "undefined" || options.disabled === true) return createDisabledClient<Events>();
  const { clients } = sharedByPage();
  const existing = clients.get(options.apiKey ?? "");
  if (existing !== undefined) return existing as Whisperr<Events>;

  const resolved = resolveOptions(options, { maxQueueSize: MAX_QUEUE_SIZE });
  checkOptions(options);
  const { apiKey } = resolved;
  const { api, page } = createPage<Events>(options, resolved, hostOfPage(options, apiKey));
  const stopWatching = watchLifecycle(page);
  const views = new AbortController();

  const whisperr: Whisperr<Events> = {
    ...api,
    page: (properties, context) => (api as DeviceClient).track("page_viewed", properties, context),
    shutdown(settings) {
      views.abort();
      // Called again, later, it leaves the client alone that has taken its place.
      if (clients.get(apiKey) === whisperr) clients.delete(apiKey);
      const stopped = api.shutdown(settings);
      void stopped.then(stopWatching);
      return stopped;
    },
  };
  clients.set(apiKey, whisperr);
  // Last: the first view may call the app's beforeSend, and that may ask for this client.
  if (options.pageViews !== false) watchPageViews(whisperr.page, views.signal);
  return whisperr;
}
