/** The client for browsers: core, plugged into the page's storage, network, clock and lifecycle. */
import {
  type AnyEvents,
  checkTypes,
  type DeviceClient,
  type EventMap,
  misuse,
  mustBe,
  resolveOptions,
  type WhisperrOptions,
} from "@whisperr/core";
import { nowMs, timers } from "./clock.ts";
import { deviceTraits } from "./device-traits.ts";
import { createDisabledClient } from "./disabled-client.ts";
import { watchLifecycle } from "./lifecycle.ts";
import { createPageClient, type PageHost } from "./page-client.ts";
import { watchPageContext } from "./page-context.ts";
import { watchPageViews } from "./page-views.ts";
import { tabLocks } from "./queue/locks.ts";
import { sharedByPage } from "./shared.ts";
import { mirrored } from "./storage/durable-storage.ts";
import { IDENTITY } from "./storage/keys.ts";
import { openStorage, storagePrefix } from "./storage/storage.ts";

export interface BrowserOptions extends Omit<WhisperrOptions, "outbox"> {
  /**
   * Where events wait: `localStorage` outlives the page, `durable` keeps a copy in IndexedDB that outlives a killed
   * browser too, `memory` stores nothing at all, not even who the visitor is. Default `localStorage`.
   */
  readonly persistence?: "localStorage" | "durable" | "memory" | undefined;
  /** `hold`: events wait on the device until `identify()`, and go out under the user's id. Default `send`. */
  readonly anonymousEvents?: "send" | "hold" | undefined;
  /** Records `page_viewed` at load and at each navigation. Default true. */
  readonly pageViews?: boolean | undefined;
  /** Records nothing when the browser says Do Not Track or Global Privacy Control. Default false. */
  readonly respectDoNotTrack?: boolean | undefined;
  /** Adds the device's time zone and language to the traits of `identify()`. Default true. */
  readonly traitsFromDevice?: boolean | undefined;
  /** Adds page, session and library to every event's context. Default true. */
  readonly autoContext?: boolean | undefined;
  /** Leaves query strings and fragments in page addresses. They may hold personal data. Default false. */
  readonly pageQuery?: boolean | undefined;
}

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
 * Throws an Error that names the option and the fix when an option makes no sense; nothing it does later throws.
 */
export function createWhisperr<Events extends EventMap = AnyEvents>(
  options: BrowserOptions = {},
): Whisperr<Events> {
  if (typeof options !== "object" || options === null)
    throw misuse("createWhisperr() takes an object of options");
  if (typeof document === "undefined" || options.disabled === true) return createDisabledClient<Events>();
  const { clients } = sharedByPage();
  const existing = clients.get(options.apiKey ?? "");
  if (existing !== undefined) return existing as Whisperr<Events>;

  const resolved = resolveOptions(options, { maxQueueSize: MAX_QUEUE_SIZE });
  checkOptions(options);
  const prefix = storagePrefix(resolved.apiKey);
  const { client, ...parts } = createPageClient<Events>(options, resolved, hostOfPage(options, prefix));
  const lifecycle = watchLifecycle({
    ...parts,
    timers,
    onStored: (key, text) => key === prefix + IDENTITY && parts.sync(text),
  });
  const page = (properties?: object | null, context?: object | null) =>
    (client as DeviceClient).track("page_viewed", properties, context);
  let stopViews = () => {};

  const whisperr: Whisperr<Events> = {
    ...client,
    page,
    shutdown(settings) {
      stopViews();
      // Called again, later, it leaves the client alone that has taken its place.
      if (clients.get(resolved.apiKey) === whisperr) clients.delete(resolved.apiKey);
      const stopped = client.shutdown(settings);
      void stopped.then(lifecycle.stop);
      return stopped;
    },
  };
  clients.set(resolved.apiKey, whisperr);
  // Last: the first view may call the app's beforeSend, and that may ask for this client.
  if (options.pageViews !== false) stopViews = watchPageViews(() => page());
  return whisperr;
}

function checkOptions(options: BrowserOptions): void {
  const { persistence = "localStorage", anonymousEvents = "send" } = options;
  const persistences = ["localStorage", "durable", "memory"];
  mustBe(persistences.includes(persistence), "persistence", `one of ${persistences.join(", ")}`, persistence);
  mustBe(["send", "hold"].includes(anonymousEvents), "anonymousEvents", "send or hold", anonymousEvents);
  checkTypes("boolean", options, [
    "pageViews",
    "respectDoNotTrack",
    "traitsFromDevice",
    "autoContext",
    "pageQuery",
  ]);
}

/** The page as a host: where its storage, locks, network and clock are. */
function hostOfPage(options: BrowserOptions, prefix: string): PageHost {
  const wanted = options.persistence ?? "localStorage";
  const opened = wanted === "memory" ? undefined : openStorage(prefix);
  const durable = opened && wanted === "durable" ? mirrored(opened, prefix, timers) : undefined;
  const storage = durable ?? opened;
  const { locks } = navigator;
  return {
    storage,
    tab: storage && openStorage(prefix, "sessionStorage"),
    isBlocked: wanted !== "memory" && storage === undefined,
    backup: durable?.backup,
    locks:
      storage &&
      tabLocks(locks, prefix, timers, async () =>
        (await import("./queue/stored-locks.ts")).storedLocks(storage, timers, nowMs, uuid()),
      ),
    timers,
    nowMs,
    random: () => Math.random(),
    uuid,
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    abortController: () => new AbortController(),
    readText: (response) => response.text(),
    log: (level, message) => console[level](message),
    shared: sharedByPage(),
    doNotTrack: options.respectDoNotTrack === true && asksNotToBeTracked(),
    traits: deviceTraits,
    page: watchPageContext(options.pageQuery === true),
  };
}

function asksNotToBeTracked(): boolean {
  const { doNotTrack, globalPrivacyControl } = navigator as {
    doNotTrack?: unknown;
    globalPrivacyControl?: unknown;
  };
  return doNotTrack === "1" || globalPrivacyControl === true;
}

/** `crypto.randomUUID` is missing on insecure origins. */
function uuid(): string {
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (
      Number(digit) ^
      ((crypto.getRandomValues(new Uint8Array(1))[0] as number) & (15 >> (Number(digit) / 4)))
    ).toString(16),
  );
}
