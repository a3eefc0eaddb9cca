/** The client for browsers, with everything it can do. */
import {
  addDeviceTraits,
  type DeviceClient,
  type EventMap,
  type EventSchemas,
  HOLD,
  PUSH,
  uuid,
} from "@whisperr/core";
import { nowMs, timers } from "./clock.ts";
import { createDisabledClient, nothing } from "./disabled-client.ts";
import { BROWSER_OPTION_NAMES, type BrowserOptions, checkOptions } from "./options.ts";
import { clientOfPage } from "./page/client.ts";
import { contextOf, currentPage } from "./page/context.ts";
import { asksNotToBeTracked, deviceTraits } from "./page/device-traits.ts";
import type { Features } from "./page/host.ts";
import { watchViews } from "./page/views.ts";
import type { RegisteredEvents } from "./register.ts";
import { mirrored } from "./storage/durable-storage.ts";
import { moveIn } from "./storage/earlier-sdk.ts";

/** The client of a page. */
export interface Whisperr<Events extends EventMap = RegisteredEvents> extends DeviceClient<Events> {
  /** Records `page_viewed`. Needed only where `pageViews` is off. */
  page(properties?: object | null, context?: object | null): void;
}

/**
 * Makes the client of a page, or returns the one there is: with the same `apiKey` the second call, of React's StrictMode or
 * a second script tag, gets the first one's client. Without a document (server rendering) it returns one that does nothing.
 * Nothing throws, here nor later. Without a usable `apiKey` the client does nothing, and `console.error` says why; so it does of
 * any other option that makes no sense, in whose place its default is taken. What is no option is said, too. A production build looks
 * only at the names of options, `apiKey`, `baseUrl` and numbers that are too large.
 * @example
 * const whisperr = createWhisperr({ apiKey: "wrk_…" });
 */
export function createWhisperr<Events extends EventMap = RegisteredEvents>(
  options: BrowserOptions & EventSchemas<Events> = {},
): Whisperr<Events> {
  return clientOfPage(options, BROWSER_OPTION_NAMES, featuresOf, createDisabled) as Whisperr<Events>;
}

const createDisabled = (): Whisperr => ({
  ...createDisabledClient(),
  setPushToken: nothing,
  setPushPermission: nothing,
});

/** What these options have the client of a page do. Throws when one makes no sense. */
export function featuresOf(options: BrowserOptions): Features {
  checkOptions(options);
  const { persistence, pageViews, respectDoNotTrack, anonymousEvents, traitsFromDevice, autoContext } =
    options;
  const where = () => currentPage(options.pageQuery === true);
  return {
    durable: persistence === "durable" ? mirrored : undefined,
    moveIn: (storage, origin) => moveIn(storage, origin, nowMs(), uuid().slice(0, 6)),
    storedLocks: async (storage) =>
      (await import("./queue/stored-locks.ts")).openStoredLocks(storage, timers, nowMs, uuid()),
    contextOf: autoContext === false ? undefined : (page) => contextOf(page, page.viewed ?? where()),
    watchViews:
      pageViews === false ? undefined : (page, client, stops) => watchViews(page, client, where, stops),
    device: {
      silent: respectDoNotTrack === true && asksNotToBeTracked(),
      holds: anonymousEvents === "hold",
      addTraits: traitsFromDevice === false ? undefined : (body) => addDeviceTraits(body, deviceTraits()),
      holding: HOLD,
      pushing: PUSH,
    },
  };
}
