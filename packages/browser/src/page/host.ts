/** What the client of a page needs of its page and browser. Everything comes in here, so that many pages can live in one test. */
import { addDeviceTraits, type Device, HOLD, type Ports, PUSH } from "@whisperr/core";
import { nowMs, timers } from "../clock.ts";
import type { BrowserOptions } from "../options.ts";
import { alone, type TabLocks, tabLocks } from "../queue/locks.ts";
import { mirrored } from "../storage/durable-storage.ts";
import { nowhere, openStorage, type Storage, storagePrefix } from "../storage/storage.ts";
import { contextOf, currentPage } from "./context.ts";
import { deviceTraits } from "./device-traits.ts";
import type { Page } from "./page.ts";
import { type Shared, sharedByPage } from "./shared.ts";

type RuntimePorts = Omit<Ports, "maxBodyBytes" | "isReady" | "onSettled" | "onStep" | "transport">;

export interface PageHost extends RuntimePorts {
  /** Before each key, as other pages hear of it. */
  readonly prefix: string;
  /** `nowhere` when nothing can be stored, or nothing is to be. */
  readonly storage: Storage;
  /** Storage that the next page of this tab finds, and no other. */
  readonly tab: Storage;
  readonly locks: TabLocks;
  /** The app knows that operations wait in memory, or wants it so. */
  isFailureKnown: boolean;
  readonly shared: Shared;
  readonly isHidden: () => boolean;
  readonly device: Omit<Device, "identityStore" | "context">;
  /** What every event's context gets: the same object while nothing changes. */
  readonly contextOf?: ((page: Page) => object) | undefined;
}

/** The page that this code runs on. */
export function hostOfPage(options: BrowserOptions, apiKey: string): PageHost {
  const prefix = storagePrefix(apiKey);
  const { persistence } = options;
  const storesNothing = persistence === "memory";
  const opened = storesNothing ? nowhere : openStorage(prefix, "localStorage");
  const isCopied = persistence === "durable" && opened !== nowhere;
  const storage = isCopied ? mirrored(opened, prefix, timers) : opened;
  const load = async () =>
    (await import("../queue/stored-locks.ts")).storedLocks(storage, timers, nowMs, uuid());
  return {
    prefix,
    storage,
    isFailureKnown: storesNothing,
    tab: storesNothing ? nowhere : openStorage(prefix, "sessionStorage"),
    locks: storage === nowhere ? alone : tabLocks(navigator.locks, prefix, timers, load),
    timers,
    nowMs,
    random: () => Math.random(),
    uuid,
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    abortController: () => new AbortController(),
    readText: (response) => response.text(),
    log: (level, message) => console[level](message),
    shared: sharedByPage(),
    isHidden: () => document.visibilityState === "hidden",
    device: {
      silent: options.respectDoNotTrack === true && asksNotToBeTracked(),
      holds: options.anonymousEvents === "hold",
      ...(options.traitsFromDevice !== false && {
        addTraits: (body) => addDeviceTraits(body, deviceTraits()),
      }),
      holding: HOLD,
      pushing: PUSH,
    },
    contextOf:
      options.autoContext === false
        ? undefined
        : (page) => contextOf(page, currentPage(options.pageQuery === true)),
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
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) => {
    const [random = 0] = crypto.getRandomValues(new Uint8Array(1));
    return (Number(digit) ^ (random & (15 >> (Number(digit) / 4)))).toString(16);
  });
}
