/** The Whisperr SDK for browsers without what not every page needs; the README lists what. Delivery is the same. */

import type { RegisteredEvents } from "@whisperr/browser";
import {
  checkChoice,
  type DeviceCalls,
  type EventMap,
  type EventSchemas,
  misuse,
  type Names,
  OPTION_NAMES,
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
  type Schema,
  type Stats,
  type WhisperrError,
  type WireEvent,
} from "@whisperr/core";

/** What `createWhisperr()` takes. Only `apiKey` is required. */
export interface SlimOptions
  extends Omit<WhisperrOptions, "outbox">,
    Pick<BrowserOptions, "maxQueueSize" | "maxQueueBytes" | "flushAtStart"> {
  /**
   * Where events wait: `localStorage` outlives the page, up to 1 MiB of the events of all tabs; what is beyond waits in
   * memory. `memory` stores nothing at all, not even who the visitor is.
   * @default "localStorage"
   */
  readonly persistence?: "localStorage" | "memory" | undefined;
}

const SLIM_OPTION_NAMES: Names<SlimOptions> = { ...OPTION_NAMES, flushAtStart: true, persistence: true };

/** The client of a page. */
export interface Whisperr<Events extends EventMap = RegisteredEvents> extends DeviceCalls<Events> {
  /** Records `page_viewed`. Call it for each page that the visitor sees. */
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
  options: SlimOptions & EventSchemas<Events> = {},
): Whisperr<Events> {
  return clientOfPage(options, SLIM_OPTION_NAMES, featuresOf, createDisabledClient) as Whisperr<Events>;
}

/** None. Options for them are a mistake. For one of them visitors would pay: there is no client then. */
function featuresOf(options: SlimOptions & Pick<BrowserOptions, "respectDoNotTrack">): Features {
  const { respectDoNotTrack } = options;
  if (respectDoNotTrack) throw misuse("respectDoNotTrack needs @whisperr/browser");
  checkChoice(options, "persistence", ["localStorage", "memory"]);
  return {};
}
