/**
 * The client of one page, put together: core, the lanes it shares with other pages, and how its requests leave. What the
 * page itself is comes in as a `PageHost`, so that many pages can live in one test.
 */
import {
  adopt,
  createDeviceClient,
  createReporter,
  type DeviceClient,
  type DropReason,
  type EventMap,
  joinHeld,
  joinQueue,
  lose,
  type Ports,
  type ResolvedOptions,
  restore,
  retry,
  syncIdentity,
  tell,
  withdraw,
} from "@whisperr/core";
import type { Claims } from "./claims.ts";
import type { BrowserOptions } from "./create-whisperr.ts";
import { LEASE_MS } from "./flight-notes.ts";
import { createIdentityStore } from "./identity-store.ts";
import { createLanes, type Lanes } from "./lanes.ts";
import { createLaneOutbox, type LaneOutbox } from "./outbox.ts";
import { sessionId, sessionStore } from "./page-context.ts";
import { createSending } from "./sending.ts";
import type { Shared } from "./shared.ts";
import type { Storage } from "./storage.ts";

type RuntimePorts = Omit<Ports, "maxBodyBytes" | "ready" | "onSettled" | "onStep">;

export interface PageHost extends RuntimePorts {
  /** Undefined: nothing is stored, by wish or because it is blocked. */
  readonly storage: Storage | undefined;
  /** Storage that the next page of this tab finds, and no other. */
  readonly tab: Storage | undefined;
  readonly isBlocked: boolean;
  readonly claims: Claims | undefined;
  /** Records of earlier pages that may have outlived the storage. */
  readonly backup?: (() => Promise<ReadonlyMap<string, string>>) | undefined;
  readonly shared: Shared;
  readonly doNotTrack: boolean;
  readonly traits: () => { readonly timezone?: string | undefined; readonly locale?: string | undefined };
  readonly page: () => object;
}

export interface PageClient<Events extends EventMap> {
  readonly client: DeviceClient<Events>;
  readonly lanes: Lanes | undefined;
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
  const { storage, claims, nowMs, uuid } = host;
  let leaving = false;
  let lanes: Lanes | undefined;
  const { fetch, maxBodyBytes, justFailed } = createSending(host, () => leaving);
  const ports: Ports = { ...host, fetch, maxBodyBytes, ready: () => lanes?.ready };
  const reporter = createReporter({ ...resolved, onError: options.onError }, ports);

  let hasTrouble = false;
  function onTrouble(): void {
    if (hasTrouble) return;
    hasTrouble = true;
    // Never in the middle of a call, nor before the app has its client: it may call anything in its onError.
    void Promise.resolve().then(() => giveUp("storage_failed", 0));
  }

  const outbox: LaneOutbox = createLaneOutbox(storage, {
    onFull: onTrouble,
    onEmptied: (lane) => lanes?.onEmptied(lane),
    onInFlight(last) {
      if (last.length > 0 || !justFailed()) lanes?.onInFlight(last);
    },
  });
  const adopts = claims !== undefined && !options.outbox;
  const queued = options.outbox ?? outbox;
  const sessions = sessionStore(storage);
  let latest = { page: {}, session_id: "", library: LIBRARY };
  function context(): object {
    const page = host.page();
    const session_id = sessionId(sessions, nowMs(), uuid);
    if (page !== latest.page || session_id !== latest.session_id)
      latest = { page, session_id, library: LIBRARY };
    return latest;
  }
  const { api, client } = createDeviceClient<Events>(
    options,
    { ...resolved, adopts },
    queued,
    reporter,
    ports,
    {
      identityStore: createIdentityStore(storage),
      silent: host.doNotTrack,
      holds: options.anonymousEvents === "hold",
      ...(options.autoContext !== false && { context }),
      ...(options.traitsFromDevice !== false && { traits: host.traits }),
    },
  );

  function giveUp(reason: DropReason, count: number): void {
    lose(client, reason, count);
    tell(client);
  }

  /**
   * With nothing queued there is nothing to see to, and no visitor to be made for it. A page that is just back may still
   * hold what others have taken over: it sees to it when that is settled.
   */
  function sync(said?: string | null): void {
    if (lanes?.ready !== undefined) return;
    if (said !== undefined || queued.size > 0) syncIdentity(client, said);
  }

  if (storage !== undefined && adopts) {
    lanes = createLanes({
      storage,
      tab: host.tab,
      timers: host.timers,
      claims,
      outbox,
      queue: {
        adopted: (...args) => adopt(client, ...args),
        joined: (count) => joinQueue(client, count),
        joinedHeld: (count) => joinHeld(client, count),
        withdrawn: (index) => withdraw(client, index),
      },
      nowMs,
      newId: uuid,
      restore: (text) => restore(client, text),
      giveUp(reason, count) {
        client.accepted += count;
        giveUp(reason, count);
      },
      onAdopted: sync,
      isOver: () => client.delivery.phase === "stopped",
      leaseMs: Math.min(LEASE_MS, resolved.requestTimeoutMs),
      backup: host.backup,
    });
    void lanes.start();
  }
  if (host.isBlocked) onTrouble();

  return {
    client: api,
    lanes,
    setLeaving(now) {
      leaving = now;
    },
    sendNow() {
      if (!leaving || !justFailed()) retry(client);
    },
    sync,
  };
}
