/** What a client needs of the worker it lives in. */
import { outsideZones, readBoundedText, uuid } from "@whisperr/core";
import { timers } from "../clock.ts";
import type { BasicOptions, Features, PageHost } from "../page/host.ts";
import { sharedByPage } from "../page/shared.ts";
import { alone, tabLocks } from "../queue/locks.ts";
import { RECORD } from "../storage/keys.ts";
import { nowhere, type Storage } from "../storage/storage.ts";

/** `nowMs`: a call that waited is made with the time at which it came. `stored`: undefined where nothing is stored. */
export function hostOfWorker(
  options: BasicOptions,
  features: Features,
  prefix: string,
  nowMs: () => number,
  stored: { readonly storage: Storage; readonly origin: Storage } | undefined,
): PageHost {
  const { storage, origin } = stored ?? { storage: nowhere, origin: nowhere };
  const locks = globalThis.navigator?.locks;
  return {
    prefix,
    storage: stored && !locks ? withoutRecords(storage) : storage,
    origin,
    isFailureKnown: options.persistence === "memory",
    tab: nowhere,
    locks: stored && locks ? tabLocks(locks, prefix, timers, async () => undefined) : alone,
    timers,
    nowMs,
    random: () => Math.random(),
    uuid,
    fetch: typeof options.fetch === "function" ? options.fetch : (url, init) => fetch(url, init),
    inContext: outsideZones,
    abortController: () => new AbortController(),
    readText: readBoundedText,
    log: (level, message) => console[level](message),
    shared: sharedByPage(),
    // A worker is not told when it ends: what it has is stored, and its requests may outlive it.
    isHidden: () => false,
    isPrerendered: () => false,
    ...features,
  };
}

/** Without Web Locks nobody could say whether the worker that has written a record lives: operations wait in memory. */
const withoutRecords = (storage: Storage): Storage => ({
  ...storage,
  set: (key, text) => !key.startsWith(RECORD) && storage.set(key, text),
});
