/** The Whisperr SDK for browsers without what not every page needs; the README lists what. Delivery is the same. */
import {
  type AnyEvents,
  checkChoice,
  type DeviceCalls,
  type EventMap,
  mustBe,
  type WhisperrOptions,
} from "@whisperr/core";
import { createDisabledClient } from "./disabled-client.ts";
import type { BrowserOptions } from "./options.ts";
import { clientOfPage } from "./page/client.ts";
import type { Features } from "./page/host.ts";

export {
  type AnyEvents,
  type Channel,
  type ChannelSettings,
  type ChannelType,
  channel,
  type DropReason,
  type EventMap,
  type FetchLike,
  type FlushResult,
  type IdentifyOptions,
  type PushSettings,
  type Stats,
  type WhisperrError,
  type WireEvent,
} from "@whisperr/core";

/** What `createWhisperr()` takes. Only `apiKey` is required. */
export interface SlimOptions
  extends Omit<WhisperrOptions, "outbox">,
    Pick<BrowserOptions, "maxQueueSize" | "maxQueueBytes" | "flushAtStart"> {
  /**
   * Where events wait: `localStorage` outlives the page, `memory` stores nothing at all, not even who the visitor is.
   * @default "localStorage"
   */
  readonly persistence?: "localStorage" | "memory" | undefined;
}

/** The client of a page. */
export interface Whisperr<Events extends EventMap = AnyEvents> extends DeviceCalls<Events> {
  /** Records `page_viewed`. Call it for each page that the visitor sees. */
  page(properties?: object | null, context?: object | null): void;
}

/**
 * Makes the client of a page, or returns the one there is: with the same `apiKey` the second call, of React's StrictMode or
 * a second script tag, gets the first one's client. Without a document (server rendering) it returns one that does nothing.
 * Nothing that the client does later throws.
 * @throws Error that names the option and the fix: for a wrong `apiKey` or `baseUrl`, and in the `development` build for any
 * option that makes no sense.
 * @example
 * const whisperr = createWhisperr({ apiKey: "wrk_…" });
 */
export function createWhisperr<Events extends EventMap = AnyEvents>(
  options: SlimOptions = {},
): Whisperr<Events> {
  return clientOfPage(options, featuresOf, createDisabledClient) as Whisperr<Events>;
}

/** None. Options for them are a mistake, and for one of them visitors would pay. */
function featuresOf(options: SlimOptions & Pick<BrowserOptions, "respectDoNotTrack">): Features {
  const { respectDoNotTrack } = options;
  mustBe(!respectDoNotTrack, "respectDoNotTrack", "given to @whisperr/browser", respectDoNotTrack);
  checkChoice("persistence", options.persistence, ["localStorage", "memory"]);
  return {};
}
