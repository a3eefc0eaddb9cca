/**
 * The client of one page, put together: core, the queue it shares with other pages, and how its requests leave. What the
 * page itself is comes in as a `PageHost`, so that many pages can live in one test.
 */
import {
  addDeviceTraits,
  createDeviceClient,
  createReporter,
  type DeviceClient,
  type DeviceTraits,
  type EventMap,
  HOLD,
  lose,
  type Ports,
  PUSH,
  type ResolvedOptions,
  retry,
  syncIdentity,
  tell,
} from "@whisperr/core";
import type { BrowserOptions } from "./create-whisperr.ts";
import { watchSession } from "./page-context.ts";
import { LEASE_MS } from "./queue/in-flight.ts";
import type { TabLocks } from "./queue/locks.ts";
import { newSharedQueue, outboxOf, readyToSend, type SharedQueue } from "./queue/shared-queue.ts";
import { start } from "./queue/tab-queue.ts";
import { createSending } from "./sending.ts";
import type { Shared } from "./shared.ts";
import { createIdentityStore } from "./storage/identity-store.ts";
import { nowhere, type Storage } from "./storage/storage.ts";

type RuntimePorts = Omit<Ports, "maxBodyBytes" | "ready" | "onSettled" | "onStep">;

export interface PageHost extends RuntimePorts {
  /** Undefined: nothing is stored, by wish or because it is blocked. */
  readonly storage: Storage | undefined;
  /** Storage that the next page of this tab finds, and no other. */
  readonly tab: Storage | undefined;
  readonly isBlocked: boolean;
  /** Undefined: this page's queue is not shared. */
  readonly locks: TabLocks | undefined;
  /** Records of earlier pages that may have outlived the storage. */
  readonly backup?: (() => Promise<ReadonlyMap<string, string>>) | undefined;
  readonly shared: Shared;
  readonly doNotTrack: boolean;
  readonly traits: () => DeviceTraits;
  readonly page: () => object;
}

export interface PageClient<Events extends EventMap> {
  readonly client: DeviceClient<Events>;
  /** Undefined where pages do not share their queue. */
  readonly shared: SharedQueue | undefined;
  /** The page is left, or stays after all: small requests only, or any. */
  setLeaving(leaving: boolean): void;
  /** Sends what waits, unless something forbids it. */
  readonly sendNow: () => void;
  /** Another page may have changed the identity, to `said` if that is known. */
  readonly sync: (said?: string | null) => void;
}

/** Put in at build time, from package.json. */
declare const VERSION: string;
const LIBRARY = { name: "@whisperr/browser", version: VERSION };

export function createPageClient<Events extends EventMap>(
  options: BrowserOptions,
  resolved: ResolvedOptions,
  host: PageHost,
): PageClient<Events> {
  const { locks, nowMs, uuid } = host;
  const storage = host.storage ?? nowhere;
  let leaving = false;
  const { fetch, maxBodyBytes, justFailed } = createSending(host, () => leaving);
  const ports: Ports = {
    ...host,
    fetch,
    maxBodyBytes,
    ready: () => (locks ? readyToSend(shared) : undefined),
  };
  const reporter = createReporter({ ...resolved, onError: options.onError }, ports);

  let hasTrouble = false;
  function onTrouble(): void {
    if (hasTrouble) return;
    hasTrouble = true;
    // Never in the middle of a call, nor before the app has its client: it may call anything in its onError.
    void Promise.resolve().then(() => {
      lose(client, "storage_failed", 0);
      tell(client);
    });
  }

  const shared = newSharedQueue({
    ...host,
    storage,
    tab: host.tab ?? nowhere,
    locks: locks as TabLocks,
    leaseMs: Math.min(LEASE_MS, resolved.requestTimeoutMs),
    justFailed,
    onFull: () => host.storage && onTrouble(),
    syncIdentity: sync,
  });
  const { q } = shared;
  const sessionAt = watchSession(storage, uuid);
  let latest = { page: {}, session_id: "", library: LIBRARY };
  function context(): object {
    const page = host.page();
    const session_id = sessionAt(nowMs());
    if (page !== latest.page || session_id !== latest.session_id)
      latest = { page, session_id, library: LIBRARY };
    return latest;
  }
  const { api, client } = createDeviceClient<Events>(
    options,
    { ...resolved, adopts: locks !== undefined },
    outboxOf(shared),
    reporter,
    ports,
    {
      identityStore: createIdentityStore(storage),
      silent: host.doNotTrack,
      holds: options.anonymousEvents === "hold",
      ...(options.autoContext !== false && { context }),
      ...(options.traitsFromDevice !== false && {
        addTraits: (body) => addDeviceTraits(body, host.traits()),
      }),
      holding: HOLD,
      pushing: PUSH,
    },
  );

  /** With nothing queued there is nothing to see to, and no visitor to be made for it. */
  function sync(said?: string | null): void {
    if (said !== undefined || q.entries.length > 0) syncIdentity(client, said);
  }

  shared.client = client;
  if (locks) start(q, shared.fx);
  else q.stage = "open";
  if (host.isBlocked) onTrouble();

  return {
    client: {
      ...api,
      shutdown(settings) {
        q.isStopping = true;
        return api.shutdown(settings);
      },
    },
    shared: locks && shared,
    setLeaving(now) {
      leaving = now;
    },
    sendNow() {
      if (!leaving || !justFailed()) retry(client);
    },
    sync,
  };
}
