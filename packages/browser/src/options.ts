/** The options of the client for browsers. */
import { checkChoice, checkTypes, type Names, OPTION_NAMES, type WhisperrOptions } from "@whisperr/core";

/** What `createWhisperr()` takes. Only `apiKey` is required. */
export interface BrowserOptions extends Omit<WhisperrOptions, "outbox"> {
  /**
   * How many operations are kept, 1 or more. Beyond it the oldest are dropped and reported.
   * @default 1_000
   */
  readonly maxQueueSize?: number | undefined;
  /**
   * How much of their JSON is kept, in bytes, 1 or more; a character counts as one. Beyond it the oldest are dropped and
   * reported; the newest is always kept.
   * @default 5_242_880
   */
  readonly maxQueueBytes?: number | undefined;
  /**
   * `identify()` and the first operation of a page are sent at once, with everything else that is called in the same turn:
   * a visit may be short. Without it they wait like all others.
   * @default true
   */
  readonly flushAtStart?: boolean | undefined;
  /**
   * Where events wait: `localStorage` outlives the page, up to 1 MiB of the events of all tabs; what is beyond waits in
   * memory. `durable` keeps a copy in IndexedDB that outlives a killed browser too, `memory` stores nothing at all, not even
   * who the visitor is.
   * @default "localStorage"
   */
  readonly persistence?: "localStorage" | "durable" | "memory" | undefined;
  /**
   * `hold`: events wait on the device until `identify()`, and go out under the user's id.
   * @default "send"
   */
  readonly anonymousEvents?: "send" | "hold" | undefined;
  /**
   * Records `page_viewed` at load and at each navigation to another address, as it is recorded: without query and fragment,
   * unless that is a route (`#/cart`).
   * @default true
   */
  readonly pageViews?: boolean | undefined;
  /**
   * Records nothing when the browser says Do Not Track or Global Privacy Control.
   * @default false
   */
  readonly respectDoNotTrack?: boolean | undefined;
  /**
   * Adds the device's time zone and language to the traits of `identify()`, unless the app gives them.
   * @default true
   */
  readonly traitsFromDevice?: boolean | undefined;
  /**
   * Adds page, session (it ends after 30 minutes without an event) and library to every event's context.
   * @default true
   */
  readonly autoContext?: boolean | undefined;
  /**
   * Leaves query strings and fragments in page addresses. They may hold personal data.
   * @default false
   */
  readonly pageQuery?: boolean | undefined;
}

/** Their names. */
export const BROWSER_OPTION_NAMES: Names<BrowserOptions> = {
  ...OPTION_NAMES,
  flushAtStart: true,
  persistence: true,
  anonymousEvents: true,
  pageViews: true,
  respectDoNotTrack: true,
  traitsFromDevice: true,
  autoContext: true,
  pageQuery: true,
};

/** Throws an Error that names the option and the fix. */
export function checkOptions(options: BrowserOptions): void {
  checkChoice(options, "persistence", ["localStorage", "durable", "memory"]);
  checkChoice(options, "anonymousEvents", ["send", "hold"]);
  checkTypes("boolean", options, [
    "flushAtStart",
    "pageViews",
    "respectDoNotTrack",
    "traitsFromDevice",
    "autoContext",
    "pageQuery",
  ]);
}
