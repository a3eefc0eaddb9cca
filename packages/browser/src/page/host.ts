/** What the client of a page needs of its page and browser. Everything comes in here, so that many pages can live in one test. */
import {
  attempt,
  type Device,
  outsideZones,
  type Ports,
  readBoundedText,
  type Timers,
  uuid,
  type WhisperrOptions,
} from "@whisperr/core";
import { nowMs, timers } from "../clock.ts";
import { alone, type TabLocks, tabLocks } from "../queue/locks.ts";
import { bounded } from "../storage/bounded.ts";
import { nowhere, openStorage, readOnly, type Storage, storagePrefix } from "../storage/storage.ts";
import type { PageCalls } from "./client.ts";
import { isPrerendered } from "./lifecycle.ts";
import type { Page } from "./page.ts";
import { type Shared, sharedByPage } from "./shared.ts";

type RuntimePorts = Omit<
  Ports,
  "maxBodyBytes" | "sendingAhead" | "aheadBytes" | "isReady" | "onSettled" | "onStep"
>;

export interface PageHost extends RuntimePorts {
  /** Before each key, as other pages hear of it. */
  readonly prefix: string;
  /** `nowhere` when nothing can be stored, or nothing is to be. */
  readonly storage: Storage;
  /** Storage without a prefix: what all API keys share. */
  readonly origin: Storage;
  /** Storage that the next page of this tab finds, and no other. */
  readonly tab: Storage;
  readonly locks: TabLocks;
  /** The app knows that operations wait in memory, or wants it so. */
  isFailureKnown: boolean;
  readonly shared: Shared;
  readonly isHidden: () => boolean;
  /** The browser has loaded the page in case the visitor comes, which may never be. */
  readonly isPrerendered: () => boolean;
  /** What the client does beyond the least. */
  readonly device?: Omit<Device, "identityStore" | "context">;
  /** What every event's context gets. */
  readonly contextOf?: ((page: Page) => object) | undefined;
}

/** What every entry of this package takes. */
export interface BasicOptions extends Omit<WhisperrOptions, "outbox"> {
  readonly persistence?: string | undefined;
  readonly flushAtStart?: boolean | undefined;
}

/** What an entry adds to the least that a client needs. What is absent the client does not do, and does not hold the code for. */
export interface Features extends Pick<PageHost, "device" | "contextOf"> {
  /** Storage that keeps a copy. */
  readonly durable?: ((storage: Storage, prefix: string, timers: Timers) => Storage) | undefined;
  /** Takes over what this SDK's predecessor left. */
  readonly moveIn?: (storage: Storage, origin: Storage) => void;
  /** For browsers without Web Locks. */
  readonly storedLocks?: (storage: Storage) => Promise<TabLocks>;
  /** Records each page that the visitor sees, until what it puts into `stops` is called. */
  readonly watchViews?: ((page: Page, client: PageCalls, stops: (() => void)[]) => void) | undefined;
}

/** The code of an extension on a page of somebody else: what is stored there is not the extension's. An element can be called chrome. */
function isGuest(): boolean {
  const { chrome } = globalThis as { chrome?: { readonly runtime?: { readonly id?: unknown } } };
  return typeof chrome?.runtime?.id === "string" && !/extension:$/.test(location.protocol);
}

/** The page that this code runs on. */
export function hostOfPage(options: BasicOptions, apiKey: string, features: Features): PageHost {
  const prefix = storagePrefix(apiKey);
  const guest = isGuest();
  if (guest && options.debug) console.debug("[whisperr] This is a content script: nothing is stored.");
  const storesNothing = guest || options.persistence === "memory";
  const kept = storesNothing ? nowhere : openStorage(prefix, "localStorage");
  const opened = kept === nowhere ? kept : bounded(kept);
  const { durable, storedLocks } = features;
  const storage = durable && opened !== nowhere ? durable(opened, prefix, timers) : opened;
  const load = async () => storedLocks?.(storage);
  // Of an opt-out it is asked even where nothing is stored.
  const origin = guest ? nowhere : openStorage("", "localStorage");
  if (!storesNothing && !isPrerendered()) features.moveIn?.(storage, origin);
  return {
    prefix,
    storage,
    origin: storesNothing ? readOnly(origin) : origin,
    isFailureKnown: storesNothing,
    tab: storesNothing ? nowhere : openStorage(prefix, "sessionStorage"),
    locks: storage === nowhere ? alone : tabLocks(navigator.locks, prefix, timers, load),
    timers,
    nowMs,
    random: () => Math.random(),
    uuid,
    fetch: typeof options.fetch === "function" ? options.fetch : (url, init) => fetch(url, init),
    inContext: outsideZones,
    // Engines of 2020 may have none: then no request is ended early, and its answer is waited for no longer all the same.
    abortController: () =>
      typeof AbortController === "function"
        ? new AbortController()
        : { signal: undefined as never, abort() {} },
    readText: readBoundedText,
    log: (level, message) => console[level](message),
    shared: sharedByPage(),
    isHidden: () => attempt(() => document.visibilityState === "hidden", false),
    isPrerendered,
    ...features,
  };
}
