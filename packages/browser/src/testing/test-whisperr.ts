/** The whole client of a page, on a network that is not there, with nothing stored: what it queues is kept to be looked at. */

import type { RegisteredEvents } from "@whisperr/browser";
import {
  checkOptionNames,
  checkSchemas,
  type DeviceClient,
  type EventMap,
  type EventSchemas,
  resolveOptions,
} from "@whisperr/core";
import {
  acceptAll,
  checked,
  hear,
  newNotes,
  newVisitor,
  onErrorOf,
  type Recording,
  recordingOf,
} from "@whisperr/core/testing";
import { featuresOf, type Whisperr } from "../create-whisperr.ts";
import { BROWSER_OPTION_NAMES, type BrowserOptions } from "../options.ts";
import { isOnPage } from "../page/client.ts";
import { hostOfPage } from "../page/host.ts";
import { createPage } from "../page/page.ts";
import { newShared } from "../page/shared.ts";
import { nowhere } from "../storage/storage.ts";

/** What `createTestWhisperr()` can be told: what decides about calls, as the app's own client has it. `pageViews` is off unless it is given. */
export type TestOptions<Events extends EventMap = RegisteredEvents> = EventSchemas<Events> &
  Pick<
    BrowserOptions,
    | "anonymousEvents"
    | "autoContext"
    | "beforeSend"
    | "context"
    | "debug"
    | "events"
    | "invalidEvents"
    | "onError"
    | "pageQuery"
    | "pageViews"
    | "respectDoNotTrack"
    | "traits"
    | "traitsFromDevice"
    | "unknownEvents"
  >;

/** A client for tests. What it was told it tells, and throws first what a call before did wrong and could not throw. */
export interface TestWhisperr<Events extends EventMap = RegisteredEvents>
  extends Whisperr<Events>,
    Recording<Events> {
  /** Forgets all of it, and who the user is, for the next test. */
  clear(): void;
}

/** What a page says of itself, where there is none. */
const NO_PAGE = { autoContext: false, pageViews: false, respectDoNotTrack: false, traitsFromDevice: false };

/** More than a test tracks: nothing is sent, or given up, before it looks. */
const ROOM = { flushAt: 1_000_000, maxQueueSize: 1_000_000, maxQueueBytes: Number.MAX_SAFE_INTEGER };

/** What may throw: its values are the app's. */
const CHECKED = ["identify", "page", "setPushPermission", "setPushToken", "track"] as const;

/**
 * Makes a client for tests, a new one at each call. It validates, copies and refuses like the real one, sends nothing and stores
 * nothing. A call that the real one would report to `onError` throws here, with the same message, so that the test fails; where
 * the app gives an `onError`, that gets it instead. It needs no key and sets no timer, and works without a page, too: then events
 * have no context of one.
 *
 * @throws An Error that names the option and the fix, when an option makes no sense.
 * @example
 * const whisperr = createTestWhisperr();
 * render(<WhisperrProvider client={whisperr}><Checkout /></WhisperrProvider>);
 * expect(whisperr.tracked("payment_failed")).toHaveLength(1);
 */
export function createTestWhisperr<Events extends EventMap = RegisteredEvents>(
  given: TestOptions<Events> = {},
): TestWhisperr<Events> {
  const notes = newNotes();
  const options = {
    ...given,
    ...(isOnPage() ? { pageViews: given.pageViews === true } : NO_PAGE),
    ...ROOM,
    apiKey: "wrk_test",
    // Neither is used: a flush finds its answer in this process.
    baseUrl: "https://whisperr.invalid",
    fetch: acceptAll,
    flushAtStart: false,
    flushIntervalMs: 0,
    onError: onErrorOf(notes, given.onError),
    persistence: "memory",
  } as const;
  const resolved = resolveOptions(options, ROOM);
  checkSchemas(options);
  // Those that the app's own client takes are not used, and no mistake.
  checkOptionNames(given, BROWSER_OPTION_NAMES, "createTestWhisperr()", (message) => console.warn(message));
  const features = featuresOf(options);
  const { api, page } = createPage<Events>(options, resolved, {
    ...hostOfPage(options, resolved.apiKey, features),
    // Not even an opt-out that another test has stored; nor a page that a test hides.
    origin: nowhere,
    isHidden: () => false,
    isPrerendered: () => false,
    shared: newShared(),
  });
  const { outbox } = page;
  const { append, replace } = outbox;
  outbox.append = (operation) => {
    append(operation);
    hear(notes, operation);
  };
  outbox.replace = (index, event) => {
    replace?.(index, event);
    hear(notes, event);
  };

  const stops: (() => void)[] = [];
  const client: Whisperr<Events> = {
    ...api,
    page: (properties, context) => (api as DeviceClient).track("page_viewed", properties, context),
    shutdown(settings) {
      for (const stop of stops) stop();
      return api.shutdown(settings);
    },
  };
  features.watchViews?.(page, client as Whisperr, stops);
  const recording = recordingOf<Events>(notes);
  return {
    ...client,
    ...Object.fromEntries(CHECKED.map((name) => [name, checked(notes, client[name] as () => void)])),
    ...recording,
    clear() {
      newVisitor(page);
      recording.clear();
    },
  };
}
